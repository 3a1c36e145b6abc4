package hours

import (
	"fmt"
	"strconv"
	"strings"
)

// Quiet are hours of the day outside of which preferred hours lie: from From:00 to
// To:00, over midnight where To comes before From. The zero value is none.
type Quiet struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// ParseQuiet reads hours such as 21-8, or none.
func ParseQuiet(text string) (Quiet, error) {
	if text == "none" {
		return Quiet{}, nil
	}
	first, second, ok := strings.Cut(text, "-")
	from, errFrom := strconv.Atoi(first)
	to, errTo := strconv.Atoi(second)
	if !ok || errFrom != nil || errTo != nil || min(from, to) < 0 || max(from, to) > 24 || from%24 == to%24 {
		return Quiet{}, fmt.Errorf("want the first quiet hour and the first that is not, such as 21-8, or none; found %q", text)
	}
	return Quiet{from % 24, to % 24}, nil
}

// String is what ParseQuiet reads.
func (q Quiet) String() string {
	if q.From == q.To {
		return "none"
	}
	return fmt.Sprintf("%d-%d", q.From, q.To)
}

// Has says whether an hour is quiet.
func (q Quiet) Has(hour int) bool {
	if q.From <= q.To {
		return hour >= q.From && hour < q.To
	}
	return hour >= q.From || hour < q.To
}
