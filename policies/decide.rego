# Runs every policy of the bundle whose kinds include the object's, and gathers what they found.
# The catalogue (data.catalogue) is written by build.ts from the policies' own metadata.
package fairlead

# METADATA
# entrypoint: true
decide contains finding if {
	some name, policy in data.catalogue
	input_kind in policy.kinds
	some violation in data.fairlead.policies[name].violations
	finding := {"policy": policy.name, "violation": violation}
}

# `VirtualService.networking.istio.io`, or `Pod` for the core group: the way kubectl names kinds, whatever the version.
input_kind := $"{input.kind}.{group}" if {
	[group, _] := split(input.apiVersion, "/")
} else := input.kind
