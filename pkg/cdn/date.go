package cdn

import (
	"net/http"
	"strconv"
	"time"
)

// dateOf is the time of the clock of whoever gave an answer, UTC: its header Date, and its age where a cache handed it on.
// It is zero where either cannot be read, for a wrong time is worse than none.
func dateOf(header http.Header) time.Time {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	var age uint64
	if text := header.Get("Age"); text != "" {
		if age, err = strconv.ParseUint(text, 10, 31); err != nil {
			return time.Time{}
		}
	}
	return date.Add(time.Duration(age) * time.Second).UTC()
}
