package simulation

import "bytes"

// addFields adds fields that no document knows.
func addFields(body []byte) []byte {
	return append([]byte(`{"Unheard":{"Of":[1,"2",null]},`), bytes.TrimPrefix(body, []byte("{"))...)
}

// editValue changes the value of the first point, as a single odd value among good ones.
func editValue(change func(string) string) func([]byte) []byte {
	return func(body []byte) []byte {
		const field = `"Value":"` // loosely typed answers stay as they are
		at := bytes.Index(body, []byte(field))
		if at < 0 {
			return body
		}
		at += len(field)
		length := bytes.IndexByte(body[at:], '"')
		if length < 0 {
			return body
		}
		edited := append([]byte{}, body[:at]...)
		edited = append(edited, change(string(body[at:at+length]))...)
		return append(edited, body[at+length:]...)
	}
}
