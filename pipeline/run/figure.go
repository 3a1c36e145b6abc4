package run

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// Figure is a number of the JSON files of a run, rounded there to eight
// significant digits, or to four decimals where those are more, so that amounts
// stay exact. NaN and infinities are not known: null in JSON.
type Figure float64

// Known says whether the figure is a number.
func (f Figure) Known() bool { return !math.IsNaN(float64(f)) && !math.IsInf(float64(f), 0) }

// MarshalJSON implements json.Marshaler.
func (f Figure) MarshalJSON() ([]byte, error) {
	switch {
	case !f.Known():
		return []byte("null"), nil
	case math.Abs(float64(f)) < 1e4:
		return fmt.Appendf(nil, "%.8g", float64(f)), nil
	}
	text := fmt.Sprintf("%.4f", float64(f))
	return []byte(strings.TrimSuffix(strings.TrimRight(text, "0"), ".")), nil
}

// UnmarshalJSON reads null as NaN.
func (f *Figure) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*f = Figure(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(f))
}

// WriteJSON writes a JSON file of a run, or beside one: indented, with < > and &
// as they are.
func WriteJSON(w io.Writer, content any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(content)
}
