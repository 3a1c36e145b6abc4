package pipeline

import (
	"math"
	"slices"

	"winback/models"
)

// customerRow is the row of one customer in the features as they are and as
// ranks among tonight's lapsed.
type customerRow struct {
	raw, ranks *models.Matrix
	row        int
}

// value is a number of the customer; NaN where it is missing or there is no
// such feature.
func (c customerRow) value(feature string) float64 {
	if k := slices.Index(c.raw.Names, feature); k >= 0 {
		return float64(c.raw.Columns[k][c.row])
	}
	return math.NaN()
}

// words are those of the customer's value of a feature; "" where there are
// none.
func (c customerRow) words(feature string) string {
	k := slices.Index(c.raw.Names, feature)
	if k < 0 {
		return ""
	}
	return valueWords(feature, c.raw.Columns[k][c.row], c.raw.Levels[k])
}

// onSide says whether a reader takes the value of a feature, of which more
// speaks for a return, for what it is told as: above the middle of tonight's
// lapsed for a return, below it against one.
func (c customerRow) onSide(feature string, isFor bool) bool {
	k := slices.Index(c.ranks.Names, feature)
	return k < 0 || sideOf(float64(c.ranks.Columns[k][c.row]), 0.5, isFor)
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
func (c customerRow) topicWords(t topic, leading string, isFor bool) string {
	switch t {
	case topicSilence:
		return c.silenceWords(isFor)
	case topicPace:
		return c.paceWords(isFor)
	case topicOrders:
		return c.orderWords(isFor)
	case topicTenure:
		if c.once() {
			return c.silenceWords(isFor)
		}
		return c.words("tenure_days")
	case topicValue:
		return c.amountWords("monetary", isFor)
	case topicLately, topicSpentLately:
		return c.latelyWords(leading, isFor)
	case topicOrderValue, topicBasket, topicGoods, topicChannel:
		return c.amountWords(leading, isFor)
	case topicReturns:
		if isFor || c.value(leading) == 0 {
			return ""
		}
	case topicSeason:
		return c.seasonWords(leading, isFor)
	case topicCohort, topicProducts:
		return c.othersWords(leading, isFor)
	case topicTraffic:
		return c.trafficWords(leading)
	}
	return c.words(leading)
}

// longestSilenceFor is the longest silence, in days, that is told for a return:
// beyond a year nobody takes it for one, however long the others are silent.
const longestSilenceFor = 365

// silenceWords are for a return where the silence is shorter than in the middle
// of the lapsed, and against it where it is longer.
func (c customerRow) silenceWords(isFor bool) string {
	if !c.onSide("recency_days", !isFor) || isFor && c.value("recency_days") > longestSilenceFor {
		return ""
	}
	return c.words("recency_days")
}

// fewestPaceDays is how many purchase days a pace is told from: two intervals.
const fewestPaceDays = 3

// paceWords says how many days usually lie between two purchases; against a
// return only of those who are late.
func (c customerRow) paceWords(isFor bool) string {
	mean := c.value("interval_mean")
	switch {
	case c.once():
		if isFor {
			return ""
		}
		return oneDay
	case math.IsNaN(mean) || c.value("purchase_days") < fewestPaceDays:
		return ""
	}
	pace := max(int(math.Round(mean)), 1)
	words := "usual pace " + days(pace)
	if isFor {
		return words
	}
	late := int(c.value("recency_days")) - pace
	if late <= 0 {
		return ""
	}
	return words + " and " + days(late) + " late"
}

func (c customerRow) orderWords(isFor bool) string {
	switch {
	case !c.onSide("orders", isFor):
		return ""
	case c.once():
		if isFor {
			return ""
		}
		return oneDay
	}
	return c.words("orders")
}

// latelyWords: that nothing was bought of late speaks against a return, and
// that something was speaks for it. How much of all it is says nothing of who
// came once.
func (c customerRow) latelyWords(feature string, isFor bool) string {
	if c.value(feature) > 0 != isFor || feature == "spend_share_365d" && c.once() {
		return ""
	}
	return c.words(feature)
}

// amountWords are of features of which more speaks for a return; names of
// channels and categories are told on both sides.
func (c customerRow) amountWords(feature string, isFor bool) string {
	switch k := slices.Index(c.raw.Names, feature); {
	case k < 0:
		return ""
	case c.raw.Levels[k] != nil:
		return c.words(feature)
	case !c.onSide(feature, isFor) || feature == "last_order_ratio" && c.once():
		return ""
	case isFor && c.words(feature) == phrases[feature].none:
		return ""
	}
	return c.words(feature)
}

// What counts as this time of the year: so many days off it, and the nearness
// of purchases that mostly lie there or mostly elsewhere.
const (
	daysOffSeason  = 45
	mostlyInSeason = 0.5
	seldomInSeason = 0.2
)

// seasonWords are for a return where the customer bought at this time of the
// year, and against it where not.
func (c customerRow) seasonWords(feature string, isFor bool) string {
	value := c.value(feature)
	switch {
	case feature == "season_share" && isFor && value >= mostlyInSeason:
		return "bought mostly at this time of the year"
	case feature == "season_share" && !isFor && value <= seldomInSeason:
		return "bought at other times of the year"
	case feature == "same_season_days" && value > 0 == isFor, feature != "season_share" && feature != "same_season_days" && value <= daysOffSeason == isFor:
		return c.words(feature)
	}
	return ""
}

// othersWords say how others like the customer came back, against the middle of
// the lapsed.
func (c customerRow) othersWords(feature string, isFor bool) string {
	if math.IsNaN(c.value(feature)) || !c.onSide(feature, isFor) {
		return ""
	}
	come := "seldom"
	if isFor {
		come = "often"
	}
	switch feature {
	case "cohort_return_rate":
		return "similar customers " + come + " came back of late"
	case "products_late":
		return "bought products whose lapsed buyers " + come + " come back"
	case "last_products_again":
		return "last bought products whose buyers " + come + " come back"
	}
	return "bought products whose buyers " + come + " come back"
}

func (c customerRow) trafficWords(feature string) string {
	if feature == "first_in_peak" && c.value(feature) == 1 {
		return "first purchase in the shop's peak weeks"
	}
	return c.words(feature)
}
