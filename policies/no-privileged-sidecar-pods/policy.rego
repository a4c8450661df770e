# METADATA
# title: a pod with a sidecar cannot get around it
# description: The pod shares no network with its node, and none of its own containers may change or escape the redirection to the proxy.
# custom:
#   severity: critical
#   enforcement: enforce
#   kinds:
#     - Pod
package fairlead.policies.no_privileged_sidecar_pods

# Traffic of this user is not redirected: it is the proxy's own.
proxy_uid := 1337

injected_containers := {"fairlead-proxy", "fairlead-init", "istio-proxy", "istio-init", "istio-validation"}

# A container with one of these can rewrite the redirection, or leave the pod altogether.
escaping_capabilities := {"ALL", "NET_ADMIN", "SYS_ADMIN"}

violations contains {
	"message": "hostNetwork: true takes the pod out of the mesh, though it asks for a sidecar",
	"path": ["spec", "hostNetwork"],
	"hint": "remove hostNetwork, or opt the pod out with the label fairlead.dev/inject: \"false\"",
} if {
	wants_sidecar
	input.object.spec.hostNetwork == true
}

violations contains {
	"message": $"container {found.container.name} is privileged in a pod with a sidecar",
	"path": array.concat(found.path, ["securityContext", "privileged"]),
	"hint": "remove privileged: such a container can switch the redirection to the proxy off",
} if {
	wants_sidecar
	some found in containers
	found.container.securityContext.privileged == true
}

violations contains {
	"message": $"container {found.container.name} adds the capability {capability} in a pod with a sidecar",
	"path": array.concat(found.path, ["securityContext", "capabilities", "add", i]),
	"hint": "remove the capability: with it the redirection to the proxy can be switched off",
} if {
	wants_sidecar
	some found in containers
	not found.container.name in injected_containers
	some i, capability in found.container.securityContext.capabilities.add
	trim_prefix(upper(capability), "CAP_") in escaping_capabilities
}

violations contains {
	"message": $"container {found.container.name} runs as user {proxy_uid}, whose traffic is not redirected to the proxy",
	"path": array.concat(found.path, ["securityContext", "runAsUser"]),
	"hint": $"use any other user: {proxy_uid} is the proxy's own",
} if {
	wants_sidecar
	some found in containers
	not found.container.name in injected_containers
	found.container.securityContext.runAsUser == proxy_uid
}

violations contains {
	"message": $"the pod runs as user {proxy_uid}, whose traffic is not redirected to the proxy",
	"path": ["spec", "securityContext", "runAsUser"],
	"hint": $"use any other user: {proxy_uid} is the proxy's own",
} if {
	wants_sidecar
	input.object.spec.securityContext.runAsUser == proxy_uid
}

containers contains {"container": container, "path": ["spec", list, i]} if {
	some list in ["containers", "initContainers", "ephemeralContainers"]
	some i, container in input.object.spec[list]
}

# The same order as the injector's: a container already there, a namespace that opts out, the pod's word, the namespace's.
default wants_sidecar := false

wants_sidecar if has_sidecar

wants_sidecar if {
	not has_sidecar
	namespace_choice != "disabled"
	pod_choice in {"true", "yes", "y", "on"}
}

wants_sidecar if {
	not has_sidecar
	not pod_choice
	namespace_choice == "enabled"
}

has_sidecar if {
	some found in containers
	found.container.name in {"fairlead-proxy", "istio-proxy"}
}

# Labels beat annotations, and our own name beats Istio's. An empty value says nothing.
pod_choice := [choice |
	some holder in ["labels", "annotations"]
	some key in ["fairlead.dev/inject", "sidecar.istio.io/inject"]
	choice := lower(trim_space(input.object.metadata[holder][key]))
	choice != ""
][0]

default namespace_choice := "none"

namespace_choice := [choice |
	some key in ["fairlead.dev/injection", "istio-injection"]
	choice := input.namespaceLabels[key]
	choice in {"enabled", "disabled"}
][0]
