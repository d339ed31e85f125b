package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
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

// decodeFields decodes each field of a JSON object by itself, so that its error joins what is wrong with any of them. A
// field that is wrong, null or missing keeps its value, and so does an empty text: that is what an editor saves for a
// field that was cleared, and what Grafana adds where it knows the field and the query does not. clean is applied to each
// text first.
func decodeFields(what string, object []byte, into any, clean func(string) string) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(object, &raw); err != nil || raw == nil {
		return fmt.Errorf("%s: must be a JSON object", what)
	}
	var problems []error
	for field, target := range reflect.ValueOf(into).Elem().Fields() {
		name := field.Tag.Get("json")
		value, given := raw[name]
		if !given || name == "" {
			continue
		}
		fresh := reflect.New(field.Type)
		fresh.Elem().Set(target)
		if err := json.Unmarshal(value, fresh.Interface()); err != nil {
			problems = append(problems, fmt.Errorf("%s: must be a %s, not %.60s", name, jsonTypes[field.Type.Kind()], value))
			continue
		}
		if field.Type.Kind() == reflect.String {
			text := clean(fresh.Elem().String())
			if text == "" {
				continue
			}
			fresh.Elem().SetString(text)
		}
		target.Set(fresh.Elem())
	}
	return errors.Join(problems...)
}

// jsonTypes tells what a field of some kind is in JSON.
var jsonTypes = map[reflect.Kind]string{
	reflect.Bool: "boolean", reflect.Int: "whole number", reflect.Slice: "list of strings", reflect.String: "string",
}
