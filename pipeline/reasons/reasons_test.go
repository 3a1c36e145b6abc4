package reasons

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"winback/models"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// additiveShop has rows in which recency, orders and channel add to the log-odds,
// and what they add.
func additiveShop(t *testing.T, rows int) (raw, ranks *models.Matrix, sums [][]float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	raw = &models.Matrix{Names: []string{"recency_days", "interval_mean", "orders", "monetary", "first_channel", "tomorrows_weather", "purchase_days"}, Levels: [][]string{nil, nil, nil, nil, {"phone", "web"}, nil, nil},
		Columns: make([][]float32, 7)}
	for range rows {
		recency, orders, channel := 90+r.IntN(600), 1+r.IntN(6), r.IntN(2)
		interval := float32(math.NaN())
		if orders > 1 {
			interval = float32(20 + r.IntN(200))
		}
		for k, v := range []float32{float32(recency), interval, float32(orders), float32(orders) * 40, float32(channel), r.Float32(), float32(orders)} {
			raw.Columns[k] = append(raw.Columns[k], v)
		}
		sums = append(sums, []float64{(390 - float64(recency)) / 150, 0, 0.5 * (float64(orders) - 3.5), 0, float64(channel) - 0.5, 0, 0})
	}
	return raw, snapshots.Ranked(raw, snapshots.RankTables(raw, 2)), sums
}

func TestReasonWords_PointWhereTheProbabilityDoes(t *testing.T) {
	raw, relative, sums := additiveShop(t, 3000)
	silent := 0
	customers := newExplained(raw, relative)
	for i := range sums {
		total := 0.0
		for _, v := range sums[i] {
			total += v
		}
		text := reasonWords(customerRow{customers, i}, sums[i], total >= 0)
		if text == "" {
			silent++
			continue
		}
		first := "For: "
		if total < 0 {
			first = "Against: "
		}
		if !strings.HasPrefix(text, first) || utf8.RuneCountInString(text) > longestReason || strings.Contains(text, "weather") || strings.Contains(text, "_") {
			t.Fatalf("row %d with %v: %q", i, total, text)
		}
		if parts := strings.Count(text, ",") + strings.Count(text, "."); parts > mostReasons {
			t.Fatalf("%d reasons: %q", parts, text)
		}
	}
	if silent > len(sums)/5 {
		t.Errorf("%d of %d customers have no reason", silent, len(sums))
	}
}

// oneCustomer is a customer with these numbers, who stands at a rank in all of
// them.
func oneCustomer(rank float32, names []string, values ...float32) customerRow {
	c := customerRow{newExplained(&models.Matrix{Names: names, Levels: make([][]string, len(names))}, &models.Matrix{Names: names}), 0}
	for i, v := range values {
		if names[i] == "first_channel" {
			c.raw.Levels[i] = []string{"phone", "web"}
		}
		c.raw.Columns = append(c.raw.Columns, []float32{v})
		c.ranks.Columns = append(c.ranks.Columns, []float32{rank})
	}
	return c
}

func TestReasonWords(t *testing.T) {
	nan := float32(math.NaN())
	names := []string{"recency_days", "interval_mean", "orders", "spend_365d", "first_channel", "same_season_days", "purchase_days", "tenure_days"}
	often := oneCustomer(.5, names, 97, 60.2, 4, 0, 0, 2, 4, 277)
	once := oneCustomer(.5, names, 412, nan, 1, 1234.5, nan, 0, 1, 412)
	for _, c := range []struct {
		customer      customerRow
		contributions []float64
		above         bool
		want          string
	}{
		{often, []float64{0.2, 0.3, 0.5, -0.1, -0.4, 0.05, 0, 0}, true, "For: 4 orders, usual pace 60 days. Against: first bought via phone."},
		{often, []float64{0.2, 0.1, 0.5, 0, 0, 0.3, 0, 0}, true, "For: 4 orders, 2 purchase days in this season of earlier years, last purchase 97 days ago."},
		{often, []float64{0, -0.3, 0, -0.2, 0, 0, 0, 0}, false, "Against: usual pace 60 days and 37 days late, spent nothing in the last 365 days."},
		// The side of the probability comes first, and one at least of it is told.
		{often, []float64{0, 0.9, 0.8, -0.1, -0.7, 0.6, 0, 0}, false, "Against: first bought via phone. For: usual pace 60 days, 4 orders."},
		{often, []float64{0.7, 0.9, 0.8, -0.1, 0, 0.6, 0, 0}, false, "Against: spent nothing in the last 365 days. For: usual pace 60 days, 4 orders."},
		// With nothing of it to tell, plain facts are better.
		{often, []float64{0.7, 0.9, 0.8, 0, 0, 0.6, 0, 0}, false, ""},
		// What a reader takes for the opposite is left out.
		{often, []float64{0, 0, 0.5, 0.3, 0, -0.4, 0, 0}, true, "For: 4 orders."},
		// First and last purchase, and one order and one day, are the same thing.
		{once, []float64{-0.9, -0.2, -0.5, 0.6, 0, 0, 0, -0.8}, false, "Against: last purchase 412 days ago, bought on one day only. For: spent 1,234.50 in the last 365 days."},
		{once, []float64{0, 0.9, 0.3, 0, 0, 0, 0, 0}, true, ""},
		{often, make([]float64, 8), true, ""},
	} {
		if got := reasonWords(c.customer, c.contributions, c.above); got != c.want {
			t.Errorf("%v: %q, want %q", c.contributions, got, c.want)
		}
	}
}

func TestTopicWords_SayOnEachSideWhatAReaderTakesForIt(t *testing.T) {
	for _, c := range []struct {
		feature      string
		rank, value  float32
		pro, against string
	}{
		{"recency_days", .2, 97, "last purchase 97 days ago", ""},
		{"recency_days", .9, 700, "", "last purchase 700 days ago"},
		{"recency_days", .2, 539, "", ""},
		{"orders", .9, 7, "7 orders", ""},
		{"orders", .3, 2, "", "2 orders"},
		{"orders", .3, 1, "", "bought on one day only"},
		{"orders_180d", .9, 1, "1 order in the last 180 days", ""},
		{"orders_180d", .2, 0, "", "no order in the last 180 days"},
		{"returned_amount", .9, 20, "", "returns worth 20"},
		{"returned_amount", .4, 0, "", ""},
		{"same_season_days", .9, 1, "1 purchase day in this season of earlier years", ""},
		{"same_season_days", .4, 0, "", "no purchase in this season of earlier years"},
		{"season_gap_last", 30, 30, "last bought 30 days off this time of the year", ""},
		{"season_gap_last", 120, 120, "", "last bought 120 days off this time of the year"},
		{"season_share", .9, .913, "bought mostly at this time of the year", ""},
		{"season_share", .1, .001, "", "bought at other times of the year"},
		{"season_share", .5, .35, "", ""},
		{"products_again", .8, .9, "bought products whose buyers often come back", ""},
		{"products_again", .2, .73, "", "bought products whose buyers seldom come back"},
		{"products_again", .2, float32(math.NaN()), "", ""},
		{"peak_share", .8, 1, "bought only in the shop's peak weeks", "bought only in the shop's peak weeks"},
		{"peak_share", .8, .25, "bought at times in the shop's peak weeks", "bought at times in the shop's peak weeks"},
		{"first_in_peak", .2, 0, "first bought at a quiet time of the shop's year", "first bought at a quiet time of the shop's year"},
		{"first_in_peak", .8, 1, "first bought in the shop's peak weeks", "first bought in the shop's peak weeks"},
	} {
		customer := oneCustomer(c.rank, []string{c.feature}, c.value)
		for isFor, want := range map[bool]string{true: c.pro, false: c.against} {
			if got := customer.topicWords(wording.Of(c.feature).Topic, c.feature, isFor); got != want {
				t.Errorf("%s of %v, for a return %v: %q, want %q", c.feature, c.value, isFor, got, want)
			}
		}
	}
}

func TestTopicWords_TellAPaceFromTwoIntervalsOn(t *testing.T) {
	names := []string{"interval_mean", "purchase_days", "recency_days"}
	for _, c := range []struct {
		mean, days, silence float32
		pro, against        string
	}{
		{60, 3, 97, "usual pace 60 days", "usual pace 60 days and 37 days late"},
		{120, 3, 97, "usual pace 120 days", ""},
		{60, 2, 97, "", ""},
		{float32(math.NaN()), 1, 97, "", "bought on one day only"},
	} {
		customer := oneCustomer(.5, names, c.mean, c.days, c.silence)
		if pro, against := customer.topicWords(wording.Pace, "interval_mean", true), customer.topicWords(wording.Pace, "interval_mean", false); pro != c.pro || against != c.against {
			t.Errorf("%v days on %v days: %q and %q", c.mean, c.days, pro, against)
		}
	}
}
