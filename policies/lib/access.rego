# Which conditions of an access rule are no condition at all.
package fairlead.lib.access

# A pattern every request path, host, method, principal or namespace satisfies.
matches_everything("*")

matches_everything("/*")

matches_everything("/{**}")

# The intent language's own form of a pattern.
matches_everything(pattern) if pattern.prefix == "/"

# An address range that holds every address.
matches_everything(range) if endswith(range, "/0")

# A list of alternatives restricts nothing when one of them is open to all.
unrestrictive(values) if {
	some value in values
	matches_everything(value)
}
