// Package locales holds every sentence that the backend writes for a user: one file for each language, which have the same
// keys. A sentence stands whole in its file, so that each language puts its parts where it has them.
package locales

import (
	"embed"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

//go:embed en-US.json zh-Hans.json
var files embed.FS

// The languages.
var (
	sentences = i18n.NewBundle(language.AmericanEnglish)
	English   = load("en-US")
	Chinese   = load("zh-Hans")
)

// Languages are those that there are, by the name that Grafana has for them.
var Languages = map[string]*Words{"en-US": English, "zh-Hans": Chinese}

// Words are those of one language. They are safe for concurrent use.
type Words struct{ localizer *i18n.Localizer }

func load(name string) *Words {
	if _, err := sentences.LoadMessageFileFS(files, name+".json"); err != nil {
		panic(err) // the files are part of the program
	}
	return &Words{i18n.NewLocalizer(sentences, name)}
}

// Args are what stands in for the placeholders of a sentence, by name. A Text is written in the language of the sentence, a
// list of texts with that language's separator, and count decides between singular and plural.
type Args map[string]any

// Text is a sentence of whoever does not know in which language it will be read.
type Text struct {
	Key  string
	Args Args
}

// In writes the text.
func (t Text) In(w *Words) string { return w.Say(t.Key, t.Args) }

// Say writes the sentence of the key. One that is not there, which a test rules out, is said in English, or by its key.
func (w *Words) Say(key string, args Args) string {
	values := make(map[string]any, len(args))
	for name, value := range args {
		switch value := value.(type) {
		case Text:
			values[name] = value.In(w)
		case []string:
			values[name] = w.Join("list.separator", value...)
		default:
			values[name] = value
		}
	}
	text, _ := w.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: key, TemplateData: values, PluralCount: args["count"], TemplateParser: strict,
	})
	if text == "" {
		return key
	}
	return text
}

// strict does not write a sentence that an argument is missing for.
var strict = &template.TextParser{Option: "missingkey=error"}

// Join writes one text after another. The key is that of what stands between them.
func (w *Words) Join(key string, texts ...string) string { return strings.Join(texts, w.Say(key, nil)) }

// Sentences writes one sentence after another, without those that are empty.
func (w *Words) Sentences(texts ...string) (all string) {
	for _, text := range texts {
		switch {
		case all == "":
			all = text
		case text != "":
			all = w.Say("sentence.next", Args{"before": all, "next": text})
		}
	}
	return all
}
