package simulation

import (
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// traffic remembers what the origins served, a day at a time: the oracle asks for the same slices at every refresh.
type traffic struct {
	mu   sync.Mutex
	days map[domainDay]*[day / slice]int64
}

type domainDay struct {
	domain string
	day    int64
}

// at is the traffic of a domain in the slice that starts at start, in bytes.
func (t *traffic) at(domain string, start int64) int64 {
	const length, slices = int64(slice / time.Second), int64(day / slice)
	key := domainDay{domain, start / (slices * length)}
	t.mu.Lock()
	defer t.mu.Unlock()
	values := t.days[key]
	if values == nil {
		if t.days == nil {
			t.days = map[domainDay]*[day / slice]int64{}
		}
		values = new([day / slice]int64)
		for i := range values {
			values[i] = cdnsim.Traffic(domain, time.Unix((key.day*slices+int64(i))*length, 0))
		}
		t.days[key] = values
	}
	return values[start/length%slices]
}
