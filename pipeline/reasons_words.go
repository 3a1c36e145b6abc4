package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"winback/models"
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
// Where all in all more speaks for it, so does at least one of what is told,
// and the other way round.
func reasonWords(x *models.Matrix, row int, columns []string, contributions []float64) string {
	var all [topics]argument
	total := 0.0
	for k, v := range contributions {
		total += v
		all[topicOf[columns[k]]].weight += v
	}
	for k, v := range contributions {
		a := &all[topicOf[columns[k]]]
		if v *= sign(a.weight); v > a.most {
			a.leading, a.most = k, v
		}
	}
	told := make([]argument, 0, topics)
	for t := topicNone + 1; t < topics; t++ {
		if a := all[t]; a.most > 0 {
			a.words = topicWords(t, x, row, columns, a.leading)
			none := phrases[columns[a.leading]].none
			// That nothing was bought speaks for a return in some models; nobody would
			// understand that.
			if a.words != "" && (a.weight < 0 || a.words != none) {
				told = append(told, a)
			}
		}
	}
	slices.SortStableFunc(told, func(a, b argument) int { return cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)) })
	return argue(strongest(told, total), total)
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// strongest keeps the strongest arguments, and one at least that points where
// all of them point together. They come strongest first.
func strongest(told []argument, total float64) []argument {
	if len(told) <= mostReasons {
		return told
	}
	along := func(a argument) bool { return sign(a.weight) == sign(total) }
	if first := slices.IndexFunc(told, along); first >= mostReasons {
		told[mostReasons-1] = told[first]
	}
	return told[:mostReasons]
}

// argue writes the arguments, the side that outweighs the other first. What
// does not fit is left out.
func argue(told []argument, total float64) string {
	sides := map[bool][]string{}
	length := len("For: . Against: .")
	for _, a := range told {
		if length += utf8.RuneCountInString(a.words) + 2; length <= longestReason || len(sides) == 0 {
			sides[a.weight >= 0] = append(sides[a.weight >= 0], a.words)
		}
	}
	var parts []string
	for _, side := range []bool{total >= 0, total < 0} {
		if words := sides[side]; len(words) > 0 {
			parts = append(parts, map[bool]string{true: "For: ", false: "Against: "}[side]+strings.Join(words, ", ")+".")
		}
	}
	return strings.Join(parts, " ")
}

// topicWords says what a customer's numbers of a topic are; "" where there are
// no words for them.
func topicWords(t topic, x *models.Matrix, row int, columns []string, leading int) string {
	words := func(feature string) string {
		k := slices.Index(columns, feature)
		if k < 0 {
			return ""
		}
		return valueWords(feature, x.Columns[k][row], x.Levels[k])
	}
	switch t {
	case topicSilence:
		return words("recency_days")
	case topicPace:
		return paceWords(words, x, row, columns)
	case topicOrders:
		return words("orders")
	case topicTenure:
		return words("tenure_days")
	case topicValue:
		return words("monetary")
	}
	return words(columns[leading])
}

// paceWords says how many days usually lie between two purchases.
func paceWords(words func(string) string, x *models.Matrix, row int, columns []string) string {
	k := slices.Index(columns, "interval_mean")
	if k < 0 {
		return ""
	}
	if mean := float64(x.Columns[k][row]); !math.IsNaN(mean) {
		return "usual pace " + days(max(int(math.Round(mean)), 1))
	}
	return words("interval_mean")
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
