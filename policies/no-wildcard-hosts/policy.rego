# METADATA
# title: no wildcard hosts
# description: A gateway, route or service entry names the hosts it is for, so that no other team's host is caught by accident.
# custom:
#   severity: high
#   enforcement: enforce
#   kinds:
#     - MeshGateway.fairlead.dev
#     - ExternalService.fairlead.dev
#     - Gateway.networking.istio.io
#     - VirtualService.networking.istio.io
#     - ServiceEntry.networking.istio.io
package fairlead.policies.no_wildcard_hosts

violations contains {
	"message": $"host {found.host} catches every host{scope(found.host)}",
	"path": found.path,
	"hint": "name each host, or use a wildcard below a domain of your own, such as *.example.com",
} if {
	some found in hosts
	too_wide(found.host)
}

# VirtualService, ServiceEntry and ExternalService list hosts at the top.
hosts contains {"host": host, "path": ["spec", "hosts", i]} if {
	some i, host in input.object.spec.hosts
}

hosts contains {"host": host, "path": ["spec", "listeners", i, "hosts", j]} if {
	some i, listener in input.object.spec.listeners
	some j, host in listener.hosts
}

hosts contains {"host": host, "path": ["spec", "servers", i, "hosts", j]} if {
	some i, server in input.object.spec.servers
	some j, host in server.hosts
}

# Istio's Gateway may put a namespace before the host: `shop/*`, `./*`.
bare(host) := parts[count(parts) - 1] if parts := split(host, "/")

too_wide(host) if bare(host) == "*"

# `*.com` is no narrower for those it hurts.
too_wide(host) if {
	[label, domain] := split(bare(host), ".")
	label == "*"
	domain != ""
}

scope(host) := "" if bare(host) == "*"

scope(host) := " of a top-level domain" if bare(host) != "*"
