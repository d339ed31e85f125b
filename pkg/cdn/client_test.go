package cdn

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABodyIsReadUpToTheLimitAndNotAByteMore(t *testing.T) {
	var buffer bytes.Buffer
	body, err := readLimited(strings.NewReader(strings.Repeat("x", maxBody)), &buffer)
	require.NoError(t, err)
	assert.Len(t, body, maxBody)

	_, err = readLimited(strings.NewReader(strings.Repeat("x", maxBody+1)), &buffer)
	assert.ErrorIs(t, err, ErrMalformed)

	body, err = readLimited(strings.NewReader("y"), &buffer)
	require.NoError(t, err)
	assert.Equal(t, "y", string(body), "nothing of the body before")
}
