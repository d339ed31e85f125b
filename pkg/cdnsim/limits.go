package cdnsim

import (
	"crypto/sha1"
	"sync"
	"time"
)

// nonceMemory knows the nonces used of late. A Timestamp is good for maxSkew
// either side of now, so a nonce must be remembered for twice that. Two
// generations of that age each bound the memory by time, without a queue.
type nonceMemory struct {
	mu    sync.Mutex
	since time.Time
	young map[[sha1.Size]byte]struct{} // digests, as a nonce may be of any length
	old   map[[sha1.Size]byte]struct{}
}

// use reports whether the nonce was free, and takes it.
func (m *nonceMemory) use(nonce string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	const generation = 2 * maxSkew
	if age := now.Sub(m.since); m.young == nil || age > generation {
		m.old = m.young
		if age > 2*generation {
			m.old = nil
		}
		m.young, m.since = map[[sha1.Size]byte]struct{}{}, now
	}
	digest := sha1.Sum([]byte(nonce))
	_, inYoung := m.young[digest]
	_, inOld := m.old[digest]
	if inYoung || inOld {
		return false
	}
	m.young[digest] = struct{}{}
	return true
}

// limiter counts the calls of each second of the clock, as the API's documented
// "calls per second per account".
type limiter struct {
	mu     sync.Mutex
	second int64
	count  int
}

func (l *limiter) allow(now time.Time, perSecond int) bool {
	if perSecond <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if second := now.Unix(); second != l.second {
		l.second, l.count = second, 0
	}
	l.count++
	return l.count <= perSecond
}
