# METADATA
# title: no rule that allows everybody everything
# description: An access rule says who may call or what may be called; one that says neither opens the workload to all.
# custom:
#   severity: critical
#   enforcement: enforce
#   kinds:
#     - MeshService.fairlead.dev
#     - AuthorizationPolicy.security.istio.io
package fairlead.policies.no_allow_all

import data.fairlead.lib.access

violations contains {
	"message": $"access rule {index + 1} allows every caller every request",
	"path": ["spec", "access", "allow", index],
	"hint": "say who may call (from), or what may be called (methods, paths)",
} if {
	input.kind == "MeshService"
	some index, rule in input.object.spec.access.allow
	not intent_rule_restricts(rule)
}

violations contains {
	"message": $"rule {index + 1} allows every caller every request",
	"path": ["spec", "rules", index],
	"hint": "say who may call (from), what may be called (to), or under which condition (when)",
} if {
	input.kind == "AuthorizationPolicy"
	object.get(input.object.spec, "action", "ALLOW") == "ALLOW"
	some index, rule in input.object.spec.rules
	not istio_rule_restricts(rule)
}

intent_rule_restricts(rule) if {
	some source_list in [object.get(rule, "from", [])]
	count(source_list) > 0
	every source in source_list {
		intent_source_restricts(source)
	}
}

intent_rule_restricts(rule) if {
	some field in ["methods", "paths"]
	count(object.get(rule, field, [])) > 0
	not access.unrestrictive(rule[field])
}

# Conditions of any other name (`when`, `unless`, `ports`) narrow the rule.
intent_rule_restricts(rule) if {
	some field, value in rule
	not field in {"name", "from", "methods", "paths"}
	not is_empty(value)
}

intent_source_restricts(source) if {
	some _, value in source
	not matches_everybody(value)
}

# A path or method pattern may be an object ({prefix: /}); those are judged by their text.
matches_everybody(value) if access.matches_everything(value)

istio_rule_restricts(rule) if {
	count(object.get(rule, "from", [])) > 0
	every entry in rule.from {
		fields_restrict(object.get(entry, "source", {}))
	}
}

istio_rule_restricts(rule) if {
	count(object.get(rule, "to", [])) > 0
	every entry in rule.to {
		fields_restrict(object.get(entry, "operation", {}))
	}
}

istio_rule_restricts(rule) if count(object.get(rule, "when", [])) > 0

# `requestPrincipals: ["*"]` asks for a valid token, which is a condition; `principals: ["*"]` is met by the whole mesh.
fields_restrict(fields) if {
	some name, values in fields
	count(values) > 0
	not field_is_open(name, values)
}

field_is_open(name, values) if {
	name != "requestPrincipals"
	not startswith(name, "not")
	access.unrestrictive(values)
}

is_empty(value) if value in [null, "", [], {}]
