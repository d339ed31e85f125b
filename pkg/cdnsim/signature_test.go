package cdnsim

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The sample of the "RPC signature" page of the API documentation.
func TestTheDocumentedSampleHasTheDocumentedSignature(t *testing.T) {
	params := map[string]string{
		"Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid",
		"Action": "DescribeRegions", "SignatureMethod": "HMAC-SHA1", "Version": "2014-05-26",
		"SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "SignatureVersion": "1.0",
	}
	assert.Equal(t, "OLeaidS1JvxuMvnyHOwuJ+uX5qY=", sign("testsecret", stringToSign(params)))
}

func TestOldNoncesAreForgotten(t *testing.T) {
	var m nonceMemory
	now := time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC)
	for i := range 24 * 60 {
		now = now.Add(time.Minute)
		assert.True(t, m.use(strconv.Itoa(i), now))
		assert.LessOrEqual(t, len(m.young)+len(m.old), 64, "one a minute, remembered for an hour")
	}
}

func TestANonceOutlivesTheTurnOfAGeneration(t *testing.T) {
	var m nonceMemory
	begin := time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC)
	assert.True(t, m.use("first", begin))
	assert.True(t, m.use("second", begin.Add(29*time.Minute)))
	assert.True(t, m.use("third", begin.Add(31*time.Minute)), "a new generation begins")
	assert.False(t, m.use("second", begin.Add(32*time.Minute)))
}

func TestTheRecorderKeepsTheLatestCallsInOrder(t *testing.T) {
	r := recorder{max: 3}
	for _, op := range []string{"a", "b", "c", "d", "e"} {
		r.add(Call{Operation: op})
	}
	var kept string
	for _, c := range r.list() {
		kept += c.Operation
	}
	assert.Equal(t, "cde", kept)
	r.reset()
	assert.Empty(t, r.list())
}
