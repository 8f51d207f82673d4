/**
 * The shape of `data` under `--json`, by command, in the notation of shape.ts. Written by every-command.test.ts from what the
 * examples of the help answer; `knot schema` shows it as JSON Schema.
 */
export const outputShapes: Readonly<Record<string, string>> = {
  prime:
    "{me:{name?:text,roles?:[any]},cursor:text,claims?:[any],handoffs?:[{id:text,task:text,from:text,to:text,instructions?:text,remaining?:[text]}],ready?:[{id:text,title:text,priority:text}],blocked?:[any],decisions?:[{id:text,title:text,affects?:[text]}],changes?:[{id:text,type:text,by?:text,seq:integer}],cut:[any]}",
  onboard: "{items:[{path?:text,existed?:boolean,changed?:boolean}],dryRun:boolean}",
  batch: "{items:[{op?:text,id:text,version:integer}],dryRun:boolean}",
  schema: "any",
  "config list": "{items:[{key?:text,value?:text,set?:boolean,summary?:text}]}",
  "config get": "{key?:text,value?:text|null,set?:boolean}",
  "config set": "{key?:text,value?:text,version:integer}",
  "config unset": "{key?:text,was?:text}",
  init: "{store?:text}",
  log: "{items:[{seq:integer,txid?:text,time:time,author:text,changes?:[{op?:text,id:text,type:text,version:integer}],summary?:text}]}",
  stats:
    "{store?:text,byType?:{task:integer,epic?:integer,sprint?:integer,decision?:integer,handoff?:integer,note?:integer,claim?:integer,agent?:integer,commit?:integer,author:integer,file?:integer,setting?:integer,document?:integer,layer?:integer,team?:integer,persona?:integer,edge_type?:integer,work_session?:integer},byStatus?:{task:{pending?:integer,in_progress?:integer,blocked?:integer,deferred?:integer,completed?:integer,cancelled?:integer},epic?:{active?:integer,on_hold?:integer,completed?:integer,cancelled?:integer},sprint?:{available?:integer,in_progress?:integer,blocked?:integer,completed?:integer},decision?:{proposed?:integer,accepted?:integer,superseded?:integer,retired?:integer},handoff?:{initiated?:integer,accepted?:integer,completed?:integer,rejected?:integer,superseded?:integer}},ready?:integer,readyMore?:boolean,claims?:{live?:integer,expired?:integer},seq:integer}",
  doctor:
    "{ok?:boolean,problems?:[any],warnings?:[any],counts?:{commits?:integer,versions?:integer,damages?:integer,lostCommits?:integer,entities?:integer,edges?:integer,tombstones?:integer,indexEntries?:integer},quarantine?:[any],source?:text,sourceStore?:text,path?:text,store?:text,seq?:integer,commits?:integer,versions?:integer,isComplete?:boolean,lost?:{commits?:[any],versions?:[any],partial?:[any],ids?:[any]},forged?:[any],recovered?:integer,damages?:[any],tailBytes?:integer,edgesRemoved?:[any],historyFloor?:integer,check?:{ok?:boolean,problems?:[any]}}",
  export:
    "{items?:[{kind?:text,id:text,type:text,version:integer,createdAt?:time,updatedAt?:time,author:text,props?:{filedAt?:time,filedBy?:text,title?:text,description?:text,status?:text,priority?:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,weight?:integer,confidence?:number,meaning?:{from:text,to:text},assignee?:text,phases?:[{name?:text,status:text,order?:integer,sprints?:[any]}],number?:integer,goals?:[{text?:text,completed?:boolean}],context?:{note?:text}|text,rationale?:text,alternatives?:[text],consequences?:[text],fromAgent?:text,toAgent?:text,task?:text,instructions?:text,done?:[text],remaining?:[text],questions?:[text],files?:[text],about?:text,kind?:text,text?:text,key?:text,value?:text,section?:text,content?:text,contentHash?:text,contentVersion?:integer,inclusion?:text,freshness?:text,regeneratedAt?:time,name?:text,agent?:text,message?:text},from?:text,to?:text}],leftOut?:[any],path?:text,count?:integer,bytes?:integer}",
  "task create":
    "{id:text,version:integer,seq:integer,title:text,status:text,priority:text,tags?:[text],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task list":
    "{items:[{id:text,title:text,status?:text,priority?:text,category?:text,tags?:[text],version?:integer,assignee?:text,seq?:integer,description?:text,estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}]}",
  "task show":
    "{task:{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text},claim?:null,notes?:[{id:text,version:integer,seq:integer,about?:text,kind?:text,text?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}],edges?:[{direction?:text,type:text,other?:text,id:text}],waitsFor?:[any]}",
  "task update":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task start":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,startedAt?:time,startedBy?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task complete":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,startedAt?:time,startedBy?:text,completedAt?:time,completedBy?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,retrospective?:text}",
  "task block":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,blockedReason?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task unblock":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task reopen":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task depends":
    "{task:{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text},dependsOn?:[text]}",
  "task next":
    "{id?:text,version?:integer,seq:integer,title?:text,description?:text,status?:text,priority?:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,fence?:integer,token?:text,expiresAt?:time,task?:{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,startedAt?:time,startedBy?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}}",
  "task ready":
    "{items:[{id:text,title:text,status?:text,priority?:text,category?:text,tags?:[text],version?:integer,assignee?:text,seq?:integer,description?:text,estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}]}",
  "task claim":
    "{fence:integer,token?:text,expiresAt:time,seq:integer,task:{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,startedAt?:time,startedBy?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}}",
  "task heartbeat": "{task:text,fence:integer,expiresAt:time,renewed?:boolean}",
  "task release":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task delete":
    "{task:{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text},edges?:[{id:text,from:text,type:text,to:text,weight?:integer,confidence?:number,version:integer,seq:integer,createdAt?:time,createdBy?:text}],notes?:[text],dryRun:boolean}",
  "task history":
    "{items:[{version:integer,seq:integer,at?:time,by?:text,deleted?:boolean,changes?:[{field?:text,to:[text]|text|integer,from?:text}]}]}",
  "task defer":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "task cancel":
    "{id:text,version:integer,seq:integer,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text,retrospective?:text,completedAt?:time,completedBy?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  ready:
    "{items:[{id:text,title:text,status?:text,priority?:text,category?:text,tags?:[text],version?:integer,assignee?:text}]}",
  blocked: "{items:[{id:text,title:text,status:text,priority:text,version:integer,blockers?:[any],children?:[text]}]}",
  unblocks:
    "{task:{id:text,title:text,status:text,priority:text,category?:text,tags?:[text],version:integer},frees?:[any],stillWaiting?:[any],downstream?:integer}",
  "critical-path":
    "{steps?:[{id:text,title:text,status:text,priority:text,category?:text,tags?:[text],version:integer,hours?:integer,guessed?:boolean}],hours?:integer,guessed?:integer,circular?:[any]}",
  reclaim: "{items:[any],dryRun:boolean}",
  locks:
    "{log?:{pid?:integer,host?:text,since?:time},claims?:[{task:text,agent?:text,fence:integer,claimedAt?:time,expiresAt:time,expired?:boolean}]}",
  "decision log":
    "{id:text,version:integer,seq:integer,title:text,status:text,rationale?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,affects?:[text]}",
  "decision list": "{items:[{id:text,title:text,status:text,affects?:[text],createdAt?:time,createdBy?:text}]}",
  "decision show":
    "{id:text,version:integer,seq:integer,title:text,status:text,context?:text,rationale?:text,alternatives?:[text],consequences?:[text],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,affects?:[text]}",
  "decision why": "{items:[any]}",
  "decision accept":
    "{id:text,version:integer,seq:integer,title:text,status:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,affects?:[any]}",
  "decision supersede":
    "{id:text,version:integer,seq:integer,title:text,status:text,rationale?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,affects?:[text]}",
  "decision retire":
    "{id:text,version:integer,seq:integer,title:text,status:text,context?:text,rationale?:text,alternatives?:[text],consequences?:[text],retiredReason?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,affects?:[text]}",
  "handoff initiate":
    "{id:text,version:integer,seq:integer,task:text,status:text,fence:integer,done?:[text],remaining?:[text],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,from:text,to:text}",
  "handoff accept":
    "{handoff?:{id:text,version:integer,seq:integer,task:text,status:text,instructions?:text,done?:[text],remaining?:[text],questions?:[text],files?:[text],context?:{note?:text},acceptedAt?:time,acceptedBy?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,from:text,to:text},fence:integer,token?:text,expiresAt:time,seq:integer,task:{id:text,version:integer,seq:integer,title:text,status:text,priority:text,assignee?:text,startedAt?:time,startedBy?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}}",
  "handoff complete":
    "{id:text,version:integer,seq:integer,task:text,status:text,instructions?:text,done?:[text],remaining?:[text],questions?:[text],files?:[text],context?:{note?:text},acceptedAt?:time,acceptedBy?:text,completedAt?:time,result?:{tests?:text},createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,from:text,to:text}",
  "handoff reject":
    "{id:text,version:integer,seq:integer,task:text,status:text,instructions?:text,done?:[text],remaining?:[text],questions?:[text],files?:[text],context?:{note?:text},rejectedAt?:time,rejectedBy?:text,rejectReason?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,from:text,to:text}",
  "handoff list": "{items:[{id:text,task:text,from:text,to:text,status:text,instructions?:text,createdAt?:time}]}",
  "handoff show":
    "{id:text,version:integer,seq:integer,task:text,status:text,instructions?:text,done?:[text],remaining?:[text],questions?:[text],files?:[text],context?:{note?:text},createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,from:text,to:text}",
  "sprint create":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[text]}",
  "sprint list":
    "{items:[{id:text,number?:integer,title:text,status:text,epics?:[any],progress?:{tasks?:{total?:integer,completed?:integer,percent?:integer},goals?:{total?:integer,completed?:integer,percent?:integer}},version:integer}]}",
  "sprint status":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any],progress?:{tasks?:{total?:integer,byStatus?:{pending?:integer,in_progress?:integer,blocked?:integer,deferred?:integer,completed?:integer,cancelled?:integer},percent?:integer},goals?:{total?:integer,completed?:integer,percent?:integer}},tasks?:[any]}|null",
  "sprint update":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]}",
  "sprint claim":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,owner?:{agent?:text,claimedAt?:time},goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]}",
  "sprint release":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]}",
  "sprint start":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,startedAt?:time,startedBy?:text,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]}",
  "sprint block":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,blockedReason?:text,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]}",
  "sprint complete":
    "{sprint?:{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,startedAt?:time,startedBy?:text,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]},unfinished?:[any],dryRun:boolean}",
  "sprint reopen":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,goals?:[{text?:text,completed?:boolean}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]}",
  "sprint link": "{sprint?:text,added?:[text],already?:[any],removed?:[any],dryRun:boolean}",
  "sprint unlink": "{sprint?:text,added?:[any],already?:[any],removed?:[{sprint?:text,task:text}],dryRun:boolean}",
  "sprint tasks":
    "{items:[{id:text,title:text,status:text,priority:text,category?:text,tags?:[text],version:integer}]}",
  "sprint suggest":
    "{strategy?:text,items:[{task:{id:text,title:text,status:text,priority:text,category?:text,tags?:[text],version:integer,assignee?:text},score?:integer,reasons?:[{kind?:text,points?:integer,text?:text}]}]}",
  "sprint burndown":
    "{sprint?:text,from:text,to:text,days?:[{day?:text,scope?:integer,completed?:integer,remaining?:integer}],undated?:integer}",
  "sprint goal add":
    "{sprint?:text,version:integer,goal?:{number?:integer,text?:text,completed?:boolean,priority:text}}",
  "sprint goal list": "{items:[{number?:integer,text?:text,completed?:boolean}]}",
  "sprint goal update":
    "{sprint?:text,version:integer,goal?:{number?:integer,text?:text,completed?:boolean,progress?:integer}}",
  "sprint goal complete":
    "{sprint?:text,version:integer,goal?:{number?:integer,text?:text,completed?:boolean,progress?:integer,completedAt?:time,completedBy?:text}}",
  "sprint note":
    "{id:text,version:integer,seq:integer,title:text,status:text,number?:integer,goals?:[{text?:text,completed?:boolean}],notes?:[text],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,epics?:[any]}",
  "epic create":
    "{id:text,version:integer,seq:integer,title:text,status:text,phases?:[{name?:text,status:text,order?:integer,sprints?:[any]}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "epic list":
    "{items:[{id:text,title:text,status:text,phases?:integer,progress?:{tasks?:{total?:integer,completed?:integer,percent?:integer},sprints?:{total?:integer,completed?:integer}},version:integer}]}",
  "epic show":
    "{id:text,version:integer,seq:integer,title:text,status:text,phases?:[{name?:text,status:text,order?:integer,sprints?:[any]}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,progress?:{tasks?:{total?:integer,byStatus?:{pending?:integer,in_progress?:integer,blocked?:integer,deferred?:integer,completed?:integer,cancelled?:integer},percent?:integer},sprints?:{total?:integer,completed?:integer},phases?:{total?:integer,completed?:integer}},sprints?:[any],tasks?:[any]}",
  "epic update":
    "{id:text,version:integer,seq:integer,title:text,status:text,phases?:[{name?:text,status:text,order?:integer,sprints?:[any]}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "epic link": "{epic?:text,added?:[text],dryRun:boolean}",
  "epic unlink": "{epic?:text,removed?:[text],dryRun:boolean}",
  "epic phase add":
    "{id:text,version:integer,seq:integer,title:text,status:text,phases?:[{name?:text,status:text,order?:integer,sprints?:[any]}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "epic phase update":
    "{id:text,version:integer,seq:integer,title:text,status:text,phases?:[{name?:text,status:text,order?:integer,sprints?:[any]}],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "doc scan":
    "{files?:integer,added?:[{path?:text,id?:text}],moved?:[any],changed?:[any],missing?:[any],unchanged?:integer,dryRun:boolean}",
  "doc list": "{items:[any]}",
  "doc show":
    "{id:text,version:integer,seq:integer,path?:text,title:text,kind?:text,contentHash?:text,lineCount?:integer,wordCount?:integer,verifiedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,state?:text,tasks?:[any]}",
  "doc check": "{checked?:integer,stale?:integer,items:[any]}",
  "doc verify":
    "{id:text,version:integer,seq:integer,path?:text,title:text,kind?:text,contentHash?:text,lineCount?:integer,wordCount?:integer,verifiedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "doc update":
    "{id:text,version:integer,seq:integer,path?:text,title:text,kind?:text,contentHash?:text,lineCount?:integer,wordCount?:integer,verifiedAt?:time,tags?:[text],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "doc link": "{document?:text,task:text,link?:text}",
  "doc unlink": "{document?:text,task:text,link?:null}",
  "doc tasks": "{items:[any]}",
  "doc docs": "{items:[any]}",
  "layer create":
    "{id:text,version:integer,seq:integer,kind?:text,section?:text,title:text,content?:text,contentHash?:text,contentVersion?:integer,inclusion?:text,freshness?:text,regeneratedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,number?:integer,modules?:[text]}",
  "layer list": "{items:[any]}",
  "layer show":
    "{id:text,version:integer,seq:integer,kind?:text,section?:text,title:text,content?:text,contentHash?:text,contentVersion?:integer,inclusion?:text,freshness?:text,regeneratedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,number?:integer,at?:{contentVersion?:integer,seq:integer,at?:time,by?:text,rationale?:text,contentHash?:text,added?:integer,removed?:integer}}",
  "layer update":
    "{id:text,version:integer,seq:integer,kind?:text,section?:text,title:text,content?:text,contentHash?:text,contentVersion?:integer,rationale?:text,inclusion?:text,freshness?:text,regeneratedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,number?:integer}",
  "layer delete":
    "{id:text,version:integer,seq:integer,kind?:text,section?:text,title:text,content?:text,contentHash?:text,contentVersion?:integer,inclusion?:text,freshness?:text,regeneratedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,number?:integer}",
  "layer versions":
    "{items:[{contentVersion?:integer,seq:integer,at?:time,by?:text,contentHash?:text,added?:integer,removed?:integer,rationale?:text}]}",
  "layer diff": "{from:integer,to:integer,added?:integer,removed?:integer,lines?:[{kind?:text,text?:text}]}",
  "layer revert":
    "{id:text,version:integer,seq:integer,kind?:text,section?:text,title:text,content?:text,contentHash?:text,contentVersion?:integer,rationale?:text,inclusion?:text,freshness?:text,regeneratedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,number?:integer}",
  "layer resolve":
    "{branch?:text,modules?:[any],personas?:[text],teams?:[any],included?:[{why?:text,layer?:{id:text,version:integer,seq:integer,kind?:text,section?:text,title:text,contentHash?:text,contentVersion?:integer,inclusion?:text,freshness?:text,regeneratedAt?:time,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,number?:integer,lines?:integer,content?:text}}],left?:[any]}",
  "layer pull":
    "{from:text,to:text,sections?:[{kind?:text,section?:text,outcome?:text,ours?:{layer?:text,contentVersion?:integer,contentHash?:text},theirs?:{layer?:text,contentVersion?:integer,contentHash?:text}}],written?:[any],dryRun:boolean}",
  "team create":
    "{id:text,version:integer,seq:integer,name?:text,modules?:[text],members?:[text],createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "team list":
    "{items:[{id:text,version:integer,seq:integer,name?:text,description?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}]}",
  "team show":
    "{id:text,version:integer,seq:integer,name?:text,description?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,lineage?:[text]}",
  "team update":
    "{id:text,version:integer,seq:integer,name?:text,description?:text,parent?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "persona create":
    "{id:text,version:integer,seq:integer,name?:text,inheritsFrom?:text,preferences?:{style?:boolean},createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "persona list":
    "{items:[{id:text,version:integer,seq:integer,name?:text,description?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}]}",
  "persona show":
    "{id:text,version:integer,seq:integer,name?:text,description?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text,lineage?:[text]}",
  "persona update":
    "{id:text,version:integer,seq:integer,name?:text,description?:text,preferences?:{tips?:boolean},createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  "edge add": "{id:text,from:text,type:text,to:text,version:integer,seq:integer,createdAt?:time,createdBy?:text}",
  "edge list":
    "{items:[{id:text,from:text,type:text,to:text,weight?:integer,confidence?:number,version:integer,seq:integer,createdAt?:time,createdBy?:text}]}",
  "edge remove":
    "{id:text,from:text,type:text,to:text,version:integer,seq:integer,createdAt?:time,createdBy?:text,dryRun:boolean}",
  "edge types": "{items:[{name?:text,inverse?:text,origin?:text,acyclic?:boolean,count?:integer}]}",
  "edge declare": "{name?:text,description?:text,origin?:text,acyclic?:boolean,count?:integer}",
  "edge acknowledge":
    "{id:text,edges?:[{id:text,from:text,type:text,to:text,weight?:integer,confidence?:number,version:integer,seq:integer,createdAt?:time,createdBy?:text}],dryRun:boolean}",
  drift:
    "{items:[{id:text,type:text,title:text,edges?:[{edge?:{id:text,from:text,type:text,to:text,weight?:integer,confidence?:number,version:integer,seq:integer,createdAt?:time,createdBy?:text},end?:text,heldAt?:integer,changes?:[{field?:text,from:text,to:text}]}]}]}",
  note: "{id:text,version:integer,seq:integer,about?:text,kind?:text,text?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  comment:
    "{id:text,version:integer,seq:integer,about?:text,kind?:text,text?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}",
  notes:
    "{items:[{id:text,version:integer,seq:integer,about?:text,kind?:text,text?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}]}",
  "work attach":
    "{id:text,version:integer,seq:integer,task:text,agent?:text,status:text,message?:text,createdAt?:time,updatedAt?:time,updatedBy?:text}",
  "work report":
    "{id:text,version:integer,seq:integer,task:text,agent?:text,status:text,message?:text,createdAt?:time,updatedAt?:time,updatedBy?:text}",
  "work list":
    "{items:[{id:text,version:integer,seq:integer,task:text,agent?:text,status:text,message?:text,createdAt?:time,updatedAt?:time,updatedBy?:text}]}",
  "work history": "{items:[{status:text,message?:text,at?:time,seq:integer}]}",
  "orphan report": "{items:[{id:text,title:text,status:text,priority:text,tags?:[text],version:integer}]}",
  "orphan suggest":
    "{task:{id:text,title:text,status:text,priority:text,category?:text,tags?:[text],version:integer},items:[{from:text,type:text,to:text,other?:{id:text,type:text,title:text},score?:number,reasons?:[text]}]}",
  "orphan link":
    "{edges?:[{id:text,from:text,type:text,to:text,confidence?:number,version:integer,seq:integer,createdAt?:text,createdBy?:text}],suggestions?:[{from:text,type:text,to:text,other?:{id:text,type:text,title:text},score?:number,reasons?:[text]}],left?:[any],dryRun:boolean}",
  show: "{entity?:{id:text,type:text,version:integer,seq:integer,createdAt?:time,updatedAt?:time,author:text,props?:{filedAt?:time,filedBy?:text,title:text,description?:text,status:text,priority:text,category?:text,tags?:[text],estimateHours?:integer,due?:text}},edges?:[{direction?:text,type:text,other?:text,id:text}],notes?:[{id:text,version:integer,seq:integer,about?:text,kind?:text,text?:text,createdAt?:time,createdBy?:text,updatedAt?:time,updatedBy?:text}]}",
  search:
    "{items:[{id:text,type:text,title:text,status:text,score?:integer,field?:text,snippet?:text}],scanned?:integer,complete?:boolean}",
  history:
    "{items:[{version:integer,seq:integer,at?:time,by?:text,deleted?:boolean,changes?:[{field?:text,from?:text,to:[text]|text|integer}]}]}",
  diff: "{items?:[{id:text,type:text,did?:text,toVersion?:integer,changes?:[{field?:text,to:[text]|text|integer}]}],id?:text,type?:text,from?:{version:integer,seq:integer,at?:time,by?:text,deleted?:boolean,changes?:[{field?:text,to:[text]|text|integer}]},to?:{version:integer,seq:integer,at?:time,by?:text,deleted?:boolean,changes?:[{field?:text,to:[text]|text|integer}]},changes?:[any]}",
  revert:
    "{id:text,type:text,to:integer,version:integer,restored?:boolean,changes?:[{field?:text,from:text,to:text}],kept?:[any],dryRun:boolean}",
  query:
    "{items?:[any],index?:text,access?:text,order?:text,intervals?:integer,keysRead?:integer,rowsRead?:integer,rows?:integer,fileReads?:integer}",
  "query path": "{nodes?:[{id:text,type:text,label?:text}],steps?:[{type:text,direction?:text}]}|null",
  "query walk": "{items:[any]}",
  "query neighbours":
    "{items:[{id:text,type:text,label?:text,depth?:integer,via?:{id:text,type:text,direction?:text}}]}",
  "import got":
    "{system?:text,read?:integer,nodes?:{},edges?:{},kept?:[any],repaired?:[any],notImported?:[any],deletedHere?:[any],refused?:[{kind?:text,item?:text,code:text,reason?:text}]}",
  "import beads":
    "{system?:text,read?:integer,nodes?:{task:{created?:integer,updated?:integer,unchanged?:integer}},edges?:{},kept?:[{what?:text,count?:integer}],repaired?:[any],notImported?:[any],deletedHere?:[any],refused?:[any]}",
  "backup create":
    "{path?:text,backup?:integer,store?:text,seq:integer,time:time,recordCrc?:text,generation?:integer,created?:time,bytes?:integer,check?:{ok?:boolean,problems?:[any],counts?:{commits?:integer,versions?:integer,entities?:integer,edges?:integer,tombstones?:integer,indexEntries?:integer}},files?:integer}",
  "backup list": "{items:[{path?:text,store?:text,seq:integer,time:time,created?:time,bytes?:integer,ok?:boolean}]}",
  "backup verify":
    "{ok?:boolean,problems?:[any],counts?:{commits?:integer,versions?:integer,entities?:integer,edges?:integer,tombstones?:integer,indexEntries?:integer},seq:integer,store?:text,created?:time}",
  "backup restore": "{store?:text,from:text,path?:text,seq:integer,time:time,bytes?:integer}",
  compact:
    "{dryRun:boolean,changed?:boolean,historyFloor?:integer,versionsKept?:integer,versionsDropped?:integer,bytesBefore?:integer,bytesAfter?:integer,filesHeld?:[any]}",
  purge:
    "{id:text,versionsPurged?:integer,resultsPurged?:integer,quarantineCleaned?:[any],filesHeld?:[any],backups?:[any]}",
};
