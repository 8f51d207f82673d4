# In an empty directory, with bin/ of the clone on the PATH. KNOT_AGENT says who you are.
export KNOT_AGENT=agent-7

knot init
knot task create "Read the old format" --id reader --priority high
knot task create "Convert every file" --id converter --depends-on reader

# Of any number of agents asking at once, each gets another task. The token is a secret of your own: it proves the claim.
export KNOT_TOKEN=a-secret-of-agent-7
knot task next --claim --ttl 30m --token "$KNOT_TOKEN"
knot decision log "Convert in one pass" --rationale "The files fit into memory" --affects reader
knot task complete reader --retrospective "Two of the fields were never used"

knot task ready
knot decision why reader

# What belongs together: a sprint with a goal, how far it is, and what else would fit into it.
knot sprint create "First release" --goal "Nothing is lost"
knot sprint link 1 converter
knot sprint status 1
knot doctor
