package locales

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASentenceIsWrittenInItsLanguage(t *testing.T) {
	text := Text{"series.failed", Args{
		"series": []string{"a.com", "b.com"},
		"reason": Text{"notice.coarser", Args{"length": Text{"length.hours", Args{"count": 1}}}},
	}}
	assert.Equal(t, "a.com, b.com: The API answered with slices of 1 hour, longer than asked for.", text.In(English))
	assert.Equal(t, "a.com、b.com：API 返回的时间片长 1 小时，比请求的长。", text.In(Chinese))
}

func TestANumberDecidesBetweenSingularAndPlural(t *testing.T) {
	for count, says := range map[int][2]string{
		1:    {"1 minute", "1 分钟"},
		2:    {"2 minutes", "2 分钟"},
		1000: {"1000 minutes", "1000 分钟"},
	} {
		assert.Equal(t, says[0], English.Say("length.minutes", Args{"count": count}))
		assert.Equal(t, says[1], Chinese.Say("length.minutes", Args{"count": count}))
	}
}

func TestWhatAUserWroteIsNoTemplateAndNoMarkup(t *testing.T) {
	assert.Equal(t, "{{.domain}} & <b> failed: x", English.Say("notice.failed", Args{"domain": "{{.domain}} & <b>", "reason": "x"}))
}

func TestSentencesFollowEachOther(t *testing.T) {
	assert.Equal(t, "One. Two.", English.Sentences("One.", "", "Two."))
	assert.Equal(t, "一。二。", Chinese.Sentences("", "一。", "二。"))
	assert.Empty(t, English.Sentences())
}

func TestASentenceThatCannotBeWrittenIsItsKey(t *testing.T) {
	assert.Equal(t, "no.such", Chinese.Say("no.such", nil))
	assert.Equal(t, "notice.failed", Chinese.Say("notice.failed", Args{"domain": "a.com"}), "not one with a hole")
}
