package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// mostReasons is how many reasons are told of a customer, and longestReason how
// many characters they may take together, so that they fit a cell.
const (
	mostReasons   = 3
	longestReason = 200
)

// topic are features that tell a marketer the same thing.
type topic uint8

const (
	topicNone    topic = iota // nothing that has words
	topicSilence              // how long ago the last purchase is
	topicPace
	topicOrders
	topicLately
	topicValue
	topicOrderValue
	topicSpentLately
	topicSeason
	topicTenure
	topicBasket
	topicWeekend
	topicChannel
	topicGoods
	topicReturns
	topicCohort  // how similar customers came back
	topicTraffic // how busy the shop was
	topicProducts
	topics
)

var topicOf = map[string]topic{
	"recency_days": topicSilence, "days_since_second_last": topicSilence, "recency_over_interval": topicSilence, "overdue_deviations": topicSilence,
	"interval_mean": topicPace, "interval_median": topicPace, "interval_std": topicPace, "interval_min": topicPace, "interval_max": topicPace,
	"interval_first": topicPace, "interval_last": topicPace, "interval_trend": topicPace, "purchase_days_per_year": topicPace,
	"purchase_days": topicOrders, "orders": topicOrders, "lines": topicOrders, "units": topicOrders,
	"orders_30d": topicLately, "orders_90d": topicLately, "orders_180d": topicLately, "orders_365d": topicLately,
	"monetary": topicValue, "net_monetary": topicValue,
	"mean_order_value": topicOrderValue, "max_order_value": topicOrderValue, "first_order_value": topicOrderValue, "last_order_value": topicOrderValue, "last_order_ratio": topicOrderValue,
	"spend_90d": topicSpentLately, "spend_365d": topicSpentLately, "spend_share_365d": topicSpentLately,
	"same_season_days": topicSeason, "tenure_days": topicTenure, "units_per_order": topicBasket, "lines_per_order": topicBasket, "weekend_share": topicWeekend,
	"first_channel": topicChannel, "last_channel": topicChannel, "top_channel": topicChannel, "channels": topicChannel,
	"top_category": topicGoods, "categories": topicGoods, "products": topicGoods,
	"last_purchase_day": topicSilence, "first_purchase_day": topicTenure, "chance_alive": topicPace, "expected_purchases": topicPace, "cohort_return_rate": topicCohort,
	"season_gap_last": topicSeason, "season_gap_first": topicSeason, "season_gap_least": topicSeason, "season_share": topicSeason,
	"traffic_first": topicTraffic, "traffic_last": topicTraffic, "traffic_mean": topicTraffic, "peak_share": topicTraffic, "first_in_peak": topicTraffic,
	"products_again": topicProducts, "products_late": topicProducts, "last_products_again": topicProducts,
	"return_line_share": topicReturns, "returned_amount": topicReturns,
}

// argument is what a topic says for a return of a customer, or against it.
type argument struct {
	weight  float64 // log-odds; below 0: against
	words   string
	leading int     // column that weighs most in its direction
	most    float64 // of that column
}

// reasonWords tells the strongest of what the ranker says for and against a
// return of one customer, against the average lapsed one: "For: 4 orders, usual
// pace 100 days. Against: first bought via phone."
// above says whether the customer's probability is at least that of the mean
// lapsed one: then something is told for a return, else something against it.
// Where there is nothing of that side to tell, nothing is told: "".
func reasonWords(c customerRow, contributions []float64, above bool) string {
	var all [topics]argument
	for k, v := range contributions {
		all[topicOf[c.raw.Names[k]]].weight += v
	}
	for k, v := range contributions {
		a := &all[topicOf[c.raw.Names[k]]]
		if v *= sign(a.weight); v > a.most {
			a.leading, a.most = k, v
		}
	}
	told := make([]argument, 0, topics)
	for t := topicNone + 1; t < topics; t++ {
		if a := all[t]; a.most > 0 {
			if a.words = c.topicWords(t, c.raw.Names[a.leading], a.weight > 0); a.words != "" {
				told = append(told, a)
			}
		}
	}
	slices.SortStableFunc(told, func(a, b argument) int { return cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)) })
	return argue(strongest(withoutRepeats(told), above), above)
}

// withoutRepeats leaves out what another topic says in the same words.
func withoutRepeats(told []argument) []argument {
	var once []argument
	for _, a := range told {
		if !slices.ContainsFunc(once, func(b argument) bool { return a.words == b.words }) {
			once = append(once, a)
		}
	}
	return once
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// strongest keeps the strongest arguments, strongest first, and one at least of
// the side that the probability is on; nil where there is none.
func strongest(told []argument, above bool) []argument {
	along := slices.IndexFunc(told, func(a argument) bool { return a.weight > 0 == above })
	if along < 0 {
		return nil
	}
	if along >= mostReasons {
		told[mostReasons-1] = told[along]
	}
	return told[:min(len(told), mostReasons)]
}

// argue writes the arguments, the side that the probability is on first. What
// does not fit is left out, of the other side before.
func argue(told []argument, above bool) string {
	sides := map[bool][]string{}
	length := len("For: . Against: .")
	for _, side := range []bool{above, !above} {
		for _, a := range told {
			if a.weight > 0 != side {
				continue
			}
			if length += utf8.RuneCountInString(a.words) + 2; length <= longestReason || len(sides) == 0 {
				sides[side] = append(sides[side], a.words)
			}
		}
	}
	var parts []string
	for _, side := range []bool{above, !above} {
		if words := sides[side]; len(words) > 0 {
			parts = append(parts, map[bool]string{true: "For: ", false: "Against: "}[side]+strings.Join(words, ", ")+".")
		}
	}
	return strings.Join(parts, " ")
}

// valueWords writes the value of a feature of one customer; "" where the
// feature has no words of its own, or the value says nothing.
func valueWords(feature string, value float32, levels []string) string {
	p, ok := phrases[feature]
	switch {
	case !ok:
		return ""
	case value != value:
		return p.unknown
	case levels != nil:
		if k := int(value); k >= 0 && k < len(levels) {
			return p.before + strings.Join(strings.Fields(levels[k]), " ") + p.after
		}
		return p.unknown
	case p.quantity == wholeNumber || p.quantity == dayCount:
		v := math.Round(float64(value))
		if v == 0 && p.none != "" {
			return p.none
		}
		if v == 1 && p.one != "" {
			return p.before + "1" + p.one
		}
		return p.before + whole(v) + p.after
	}
	number := p.number(float64(value))
	if p.none != "" && number == p.number(0) {
		return p.none
	}
	return p.before + number + p.after
}
