# METADATA
# title: timeouts and retries are bounded
# description: No request waits longer than 60s, and none is tried more than five times again, so that a slow service does not drown its callers.
# custom:
#   severity: medium
#   enforcement: enforce
#   kinds:
#     - Mesh.fairlead.dev
#     - MeshService.fairlead.dev
#     - VirtualService.networking.istio.io
package fairlead.policies.bounded_timeouts_and_retries

import data.fairlead.lib.duration

longest_timeout_ms := 60000

most_attempts := 5

violations contains {
	"message": $"{found.what} {found.text} is longer than 60s",
	"path": found.path,
	"hint": "use at most 60s; for longer work, answer at once and let the caller ask again",
} if {
	some found in timeouts
	duration.milliseconds(found.text) > longest_timeout_ms
}

# Envoy takes a timeout of zero as none.
violations contains {
	"message": $"{found.what} {found.text} switches the timeout off",
	"path": found.path,
	"hint": "use a timeout between 1ms and 60s",
} if {
	some found in timeouts
	duration.milliseconds(found.text) == 0
}

violations contains {
	"message": $"{found.what} {found.text} is not a duration",
	"path": found.path,
	"hint": "write a number and a unit, such as 250ms, 3s or 1m30s",
} if {
	some found in timeouts
	not duration.milliseconds(found.text)
}

violations contains {
	"message": $"{retries.attempts} retry attempts are more than {most_attempts}",
	"path": array.concat(place.path, ["retries", "attempts"]),
	"hint": $"use at most {most_attempts}: each attempt multiplies the load of an overloaded service",
} if {
	some place in places
	retries := place.value.retries
	retries.attempts > most_attempts
}

timeouts contains {"what": "timeout", "text": place.value.timeout, "path": array.concat(place.path, ["timeout"])} if {
	some place in places
}

timeouts contains {
	"what": "timeout of one attempt",
	"text": place.value.retries.perTryTimeout,
	"path": array.concat(place.path, ["retries", "perTryTimeout"]),
} if {
	some place in places
}

# What can carry `timeout` and `retries`: the defaults of the mesh, a route of a MeshService, an HTTP route of a VirtualService.
places contains {"value": input.object.spec.defaults, "path": ["spec", "defaults"]} if input.kind == "Mesh"

places contains {"value": route, "path": ["spec", "routes", i]} if {
	input.kind == "MeshService"
	some i, route in input.object.spec.routes
}

places contains {"value": route, "path": ["spec", "http", i]} if {
	input.kind == "VirtualService"
	some i, route in input.object.spec.http
}
