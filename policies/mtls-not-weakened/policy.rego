# METADATA
# title: mutual TLS is not weakened
# description: Traffic between workloads stays encrypted and authenticated on both sides.
# custom:
#   severity: high
#   enforcement: enforce
#   kinds:
#     - Mesh.fairlead.dev
#     - MeshService.fairlead.dev
#     - PeerAuthentication.security.istio.io
#     - DestinationRule.networking.istio.io
package fairlead.policies.mtls_not_weakened

weak_intent_modes := {"permissive", "off"}

weak_peer_modes := {"PERMISSIVE", "DISABLE"}

violations contains {
	"message": $"mutual TLS of the mesh is {input.object.spec.mtls}, expected strict",
	"path": ["spec", "mtls"],
	"hint": "remove the line: strict is the default",
} if {
	input.kind == "Mesh"
	input.object.spec.mtls in weak_intent_modes
}

violations contains {
	"message": $"mutual TLS of the service is {input.object.spec.mtls}, expected strict",
	"path": ["spec", "mtls"],
	"hint": "remove the line, so that the mesh's own mode holds",
} if {
	input.kind == "MeshService"
	input.object.spec.mtls in weak_intent_modes
}

violations contains {
	"message": $"mutual TLS of port {port_label(port)} is {port.mtls}, expected strict",
	"path": ["spec", "ports", index, "mtls"],
	"hint": "remove the line, so that the mesh's own mode holds",
} if {
	input.kind == "MeshService"
	some index, port in input.object.spec.ports
	port.mtls in weak_intent_modes
}

violations contains {
	"message": $"mutual TLS mode is {input.object.spec.mtls.mode}, expected STRICT",
	"path": ["spec", "mtls", "mode"],
	"hint": "use STRICT, or leave mtls out to inherit the mode of the mesh",
} if {
	input.kind == "PeerAuthentication"
	input.object.spec.mtls.mode in weak_peer_modes
}

violations contains {
	"message": $"mutual TLS mode of port {port} is {setting.mode}, expected STRICT",
	"path": ["spec", "portLevelMtls", port, "mode"],
	"hint": "use STRICT, or remove the port to inherit the mode of the workload",
} if {
	input.kind == "PeerAuthentication"
	some port, setting in input.object.spec.portLevelMtls
	setting.mode in weak_peer_modes
}

violations contains {
	"message": $"TLS towards the mesh host {input.object.spec.host} is DISABLE, which switches mutual TLS off",
	"path": array.concat(found.path, ["tls", "mode"]),
	"hint": "use ISTIO_MUTUAL, or remove tls: the mesh then uses mutual TLS by itself",
} if {
	input.kind == "DestinationRule"
	reaches_mesh(input.object.spec.host)
	some found in traffic_policies
	found.policy.tls.mode == "DISABLE"
}

port_label(port) := object.get(port, "name", object.get(port, "port", "?"))

# Every place of a DestinationRule that can carry TLS settings.
traffic_policies contains {"path": ["spec", "trafficPolicy"], "policy": input.object.spec.trafficPolicy}

traffic_policies contains {"path": ["spec", "trafficPolicy", "portLevelSettings", i], "policy": policy} if {
	some i, policy in input.object.spec.trafficPolicy.portLevelSettings
}

traffic_policies contains {"path": ["spec", "subsets", i, "trafficPolicy"], "policy": subset.trafficPolicy} if {
	some i, subset in input.object.spec.subsets
}

traffic_policies contains {"path": ["spec", "subsets", i, "trafficPolicy", "portLevelSettings", j], "policy": policy} if {
	some i, subset in input.object.spec.subsets
	some j, policy in subset.trafficPolicy.portLevelSettings
}

# A host without dots is a service of the rule's own namespace; Istio expands no other short form.
reaches_mesh(host) if not contains(host, ".")

reaches_mesh(host) if "svc" in split(host, ".")

reaches_mesh(host) if host in {"*.local", "*.cluster.local"}
