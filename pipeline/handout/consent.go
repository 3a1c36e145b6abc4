package handout

import (
	"slices"
	"strings"
)

// Words of a consent, without case, blanks, - and _.
var (
	yesWords   = []string{"yes", "y", "true", "t", "1", "1.0", "x", "optedin", "optin", "subscribed", "granted", "given", "agreed", "accepted", "consented", "all", "both", "ja", "j", "oui", "si", "sí"}
	noWords    = []string{"no", "n", "false", "f", "0", "0.0", "optedout", "optout", "unsubscribed", "notsubscribed", "neversubscribed", "withdrawn", "denied", "refused", "rejected", "pending", "unknown", "none", "null", "nan", "nein", "non", "invalid", "redacted"}
	emailWords = []string{"email", "mail"}
	smsWords   = []string{"sms", "phone", "text", "mobile"}
)

// said is what the cells of a row say about a channel.
type said struct{ yes, no bool }

func (s said) agreed() bool { return s.yes && !s.no }

// consent reads the cells of a row: consent for all channels, or by the names of the
// channels (email, sms), and those of one channel. A channel has consent where a cell
// says so and none refuses it. odd says that a cell holds neither.
func consent(general, email, sms string) (byEmail, bySMS, odd bool) {
	var e, s said
	oddly := hear(email, &e, nil, nil) || hear(sms, &s, nil, nil)
	named := [2]said{}
	if hear(general, nil, &named[0], &named[1]) {
		oddly = true
	}
	e.yes, e.no = e.yes || named[0].yes, e.no || named[0].no
	s.yes, s.no = s.yes || named[1].yes, s.no || named[1].no
	return e.agreed() && !oddly, s.agreed() && !oddly, oddly
}

// hear reads a cell for one channel, or for both, where it may name one of them.
func hear(cell string, one, email, sms *said) (odd bool) {
	tokens := strings.FieldsFunc(strings.ToLower(cell), func(r rune) bool { return strings.ContainsRune(",;|/+&", r) })
	for _, token := range tokens {
		word := strings.NewReplacer(" ", "", "-", "", "_", "").Replace(token)
		yes, no := slices.Contains(yesWords, word), slices.Contains(noWords, word)
		switch {
		case word == "":
		case one != nil && (yes || no):
			one.yes, one.no = one.yes || yes, one.no || no
		case one == nil && (yes || no):
			email.yes, email.no, sms.yes, sms.no = email.yes || yes, email.no || no, sms.yes || yes, sms.no || no
		case one == nil && slices.Contains(emailWords, word):
			email.yes = true
		case one == nil && slices.Contains(smsWords, word):
			sms.yes = true
		default:
			odd = true
		}
	}
	return odd
}
