package guard

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

func TestZonesIn_FindsWhatPandasAndArrowNote(t *testing.T) {
	arrow := func(schema string) string {
		text := base64.StdEncoding.EncodeToString([]byte(schema))
		return "\x18\x0cARROW:schema\x18" + string([]byte{byte(len(text)&0x7f | 0x80), byte(len(text) >> 7)}) + text
	}
	for name, c := range map[string]struct {
		notes string
		want  []string
	}{
		"none":       {"", nil},
		"pandas":     {`{"metadata": {"timezone": "Europe/Berlin"}}, {"metadata": {"timezone": "UTC"}}`, []string{"Europe/Berlin", "UTC"}},
		"Arrow":      {arrow("\x00\x03America/New_York\x00\x01ordered_at" + strings.Repeat("\x00", 90)), []string{"America/New_York"}},
		"cut short":  {arrow("Europe/Berlin" + strings.Repeat("\x00", 90))[:40], nil},
		"no base 64": {"ARROW:schema\x18\x05!!!!!", nil},
	} {
		if have := zonesIn([]byte(c.notes)); !slices.Equal(have, c.want) {
			t.Errorf("%s: %q, want %q", name, have, c.want)
		}
	}
}
