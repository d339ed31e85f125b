package plugin

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// oneOf is an error that names the field, the value and what is allowed, unless the value is allowed.
func oneOf[V any](field, value string, allowed map[string]V) error {
	if _, ok := allowed[value]; ok {
		return nil
	}
	names := slices.Sorted(maps.Keys(allowed))
	return fmt.Errorf("%s: %q is not one of %s", field, value, strings.Join(names, ", "))
}

// jsonType is the JSON name of the Go type that a value should have had.
func jsonType(err *json.UnmarshalTypeError) string {
	switch kind := err.Type.Kind().String(); kind {
	case "bool":
		return "boolean"
	case "slice":
		return "list"
	case "struct", "map":
		return "object"
	case "string":
		return kind
	default:
		return "number"
	}
}
