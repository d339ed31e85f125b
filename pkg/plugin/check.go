package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// oneOf is an error that names the field, the value and what is allowed, unless the value is allowed.
func oneOf[V any](field, value string, allowed map[string]V) error {
	if _, ok := allowed[value]; ok {
		return nil
	}
	return newProblem("value.unknown", locales.Args{
		"field": field, "value": strconv.Quote(value), "allowed": slices.Sorted(maps.Keys(allowed)),
	})
}

// decodeFields decodes each field of a JSON object by itself, so that its error joins what is wrong with any of them, or
// says with noObject that it is none. A
// field that is wrong, null or missing keeps its value, and so does an empty text: that is what an editor saves for a
// field that was cleared, and what Grafana adds where it knows the field and the query does not. clean is applied to each
// text first.
func decodeFields(noObject string, object []byte, into any, clean func(string) string) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(object, &raw); err != nil || raw == nil {
		return newProblem(noObject, nil)
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
			problems = append(problems, newProblem(jsonTypes[field.Type.Kind()], locales.Args{
				"field": name, "value": fmt.Sprintf("%.60s", value),
			}))
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

// jsonTypes are the keys of what is said where a field of some kind is of another type in JSON.
var jsonTypes = map[reflect.Kind]string{
	reflect.Bool: "value.noBoolean", reflect.Int: "value.noNumber", reflect.Slice: "value.noList", reflect.String: "value.noString",
}
