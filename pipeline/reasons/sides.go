package reasons

import (
	"math"

	"winback/models"
	"winback/pipeline/wording"
)

// explained are customers in the features as they are and as ranks among tonight's
// lapsed, with the words of the features.
type explained struct {
	raw, ranks *models.Matrix
	columns    []wording.Column // of the features, by column
	at         map[string]int   // column of a feature
}

func newExplained(raw, ranks *models.Matrix) *explained {
	e := &explained{raw: raw, ranks: ranks, columns: make([]wording.Column, len(raw.Names)), at: map[string]int{}}
	for k, name := range raw.Names {
		e.columns[k], e.at[name] = wording.Of(name), k
	}
	return e
}

// customerRow is the row of one of them.
type customerRow struct {
	*explained
	row int
}

// value is a number of the customer; NaN where it is missing or there is no
// such feature.
func (c customerRow) value(feature string) float64 {
	if k, ok := c.at[feature]; ok {
		return float64(c.raw.Columns[k][c.row])
	}
	return math.NaN()
}

// onSide says whether a reader takes the value of a feature, of which more
// speaks for a return, for what it is told as: above the middle of tonight's
// lapsed for a return, below it against one.
func (c customerRow) onSide(feature string, isFor bool) bool {
	k, ok := c.at[feature]
	return !ok || sideOf(float64(c.ranks.Columns[k][c.row]), 0.5, isFor)
}

// sideOf says whether a number is on the side of a limit that speaks for a
// return, which is the upper one, or on the other. Nothing known is on neither.
func sideOf(value, limit float64, isFor bool) bool {
	if isFor {
		return value >= limit
	}
	return value <= limit
}

// once says whether all purchases fell on one day: its first and its last
// purchase, and its orders, are then the same thing.
func (c customerRow) once() bool {
	return c.value("purchase_days") == 1 || c.value("orders") == 1
}

// topicWords says what a customer's numbers of a topic say for a return, or
// against it; "" where there are no words for them, or where a reader would take
// them for the opposite. leading is the feature of the topic that weighs most.
func (c customerRow) topicWords(t wording.Topic, leading string, isFor bool) string {
	if c.once() {
		switch t {
		case wording.Tenure: // the first purchase is the last one
			t = wording.Silence
		case wording.Orders, wording.Pace:
			if isFor || t == wording.Orders && !c.onSide("orders", false) {
				return ""
			}
			return wording.OneDay
		}
	}
	if t == wording.Pace {
		return c.paceWords(isFor)
	}
	if k, ok := c.at[t.ToldBy(leading)]; ok {
		return c.featureWords(k, isFor)
	}
	return ""
}

// longestSilenceFor is the longest silence, in days, that is told for a return:
// beyond a year nobody takes it for one, however long the others are silent.
const longestSilenceFor = 365

// What counts as this time of the year: so many days off it, and the nearness
// of purchases that mostly lie there or mostly elsewhere.
const (
	daysOffSeason  = 45
	mostlyInSeason = 0.5
	seldomInSeason = 0.2
)

// featureWords tell the value of a feature, by its column, where it speaks for a
// return, or against it.
func (c customerRow) featureWords(k int, isFor bool) string {
	w, cell := &c.columns[k], c.raw.Columns[k][c.row]
	value := float64(cell)
	if !c.speaks(w, value, isFor) || w.Repeat && c.once() {
		return ""
	}
	switch words := w.Value(cell, c.raw.Levels[k]); {
	case w.For != "" && math.IsNaN(value), isFor && w.Side == wording.MoreIsFor && words == w.None:
		return ""
	case w.For != "" && isFor:
		return w.For
	case w.For != "":
		return w.Against
	default:
		return words
	}
}

// speaks says whether a value of a feature is on the side.
func (c customerRow) speaks(w *wording.Column, value float64, isFor bool) bool {
	switch w.Side {
	case wording.MoreIsFor:
		return c.onSide(w.Name, isFor)
	case wording.LessIsFor:
		return c.onSide(w.Name, !isFor) && !(isFor && value > longestSilenceFor)
	case wording.SomeIsFor:
		return value > 0 == isFor
	case wording.SomeIsAgainst:
		return !isFor && value != 0
	case wording.NearIsFor:
		return value <= daysOffSeason == isFor
	case wording.MostlyIsFor:
		return isFor && value >= mostlyInSeason || !isFor && value <= seldomInSeason
	}
	return true
}

// fewestPaceDays is how many purchase days a pace is told from: two intervals.
const fewestPaceDays = 3

// paceWords says how many days usually lie between two purchases; against a
// return only of those who are late.
func (c customerRow) paceWords(isFor bool) string {
	mean := c.value("interval_mean")
	if math.IsNaN(mean) || c.value("purchase_days") < fewestPaceDays {
		return ""
	}
	pace := max(int(math.Round(mean)), 1)
	words := "usual pace " + wording.Counted(pace, "day")
	if isFor {
		return words
	}
	late := int(c.value("recency_days")) - pace
	if late <= 0 {
		return ""
	}
	return words + " and " + wording.Counted(late, "day") + " late"
}
