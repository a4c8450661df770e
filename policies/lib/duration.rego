# Go-style durations (`1m30s`, `250ms`), as Istio and Fairlead write them.
package fairlead.lib.duration

units := {"h": 3600000, "m": 60000, "s": 1000, "ms": 1, "us": 0.001, "µs": 0.001, "ns": 0.000001}

# Milliseconds; undefined for text that is not a duration.
# A whole number and one unit, the usual case, comes first: WASM compiles a regular expression anew at each evaluation.
milliseconds(text) := to_number(digits) * units[unit] if {
	unit := trim_left(text, "0123456789")
	digits := trim_suffix(text, unit)
	digits != ""
	units[unit]
} else := total if {
	regex.match(`^([0-9]+(\.[0-9]+)?(h|ms|m|us|µs|ns|s))+$`, text)
	parts := regex.find_all_string_submatch_n(`([0-9]+(?:\.[0-9]+)?)(h|ms|m|us|µs|ns|s)`, text, -1)
	total := sum([value | some part in parts; value := to_number(part[1]) * units[part[2]]])
}
