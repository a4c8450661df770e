# METADATA
# title: every service names its team
# description: The label `team` says whom to ask when a service misbehaves at night.
# custom:
#   severity: low
#   enforcement: warn
#   kinds:
#     - MeshService.fairlead.dev
package fairlead.policies.owner_label

violations contains {
	"message": $"service {input.name} has no label team",
	"path": ["metadata"],
	"hint": "add metadata.labels.team with the name of the team that owns the service",
} if {
	not has_team
}

has_team if trim_space(input.object.metadata.labels.team) != ""
