package pipeline

import "strings"

// quantity is how the numbers of a feature are read.
type quantity uint8

const (
	realNumber quantity = iota // at most four significant digits
	wholeNumber
	dayCount // whole days
	meanDays // days with one decimal
	amount   // currency, to the cent
	ratio    // two decimals
	percent  // a share of 1, printed in per cent
)

// phrase says in words what a condition on a feature means. The quantity
// stands between before and after.
type phrase struct {
	quantity      quantity
	before, after string
	one           string // after, for a quantity of exactly 1; "": the same
	least         int    // smallest value; a lower bound below it says nothing
	none          string // words where only zero passes; "": none of its own
	unknown       string // what a missing value means; "": the feature is never missing
}

// What a missing interval and a missing spread of intervals mean.
const (
	oneDay  = "bought on one day only"
	twoDays = "fewer than three purchase days"
)

// withinHorizon stands in a phrase for the days of the horizon.
const withinHorizon = "within the horizon"

// phrases has one entry for each column of the feature table.
var phrases = map[string]phrase{
	"recency_days":          {quantity: dayCount, before: "last purchase ", after: " days ago", one: " day ago", least: 1},
	"tenure_days":           {quantity: dayCount, before: "first purchase ", after: " days ago", one: " day ago", least: 1},
	"purchase_days":         {quantity: wholeNumber, before: "bought on ", after: " days", one: " day only", least: 1},
	"interval_mean":         {quantity: meanDays, after: " days between purchases on average", unknown: oneDay},
	"interval_median":       {quantity: meanDays, before: "typically ", after: " days between purchases", unknown: oneDay},
	"interval_std":          {quantity: meanDays, before: "time between purchases varies by ", after: " days", unknown: twoDays},
	"interval_min":          {quantity: dayCount, before: "shortest time between purchases ", after: " days", one: " day", least: 1, unknown: oneDay},
	"interval_max":          {quantity: dayCount, before: "longest time between purchases ", after: " days", one: " day", least: 1, unknown: oneDay},
	"interval_first":        {quantity: dayCount, before: "second purchase ", after: " days after the first", one: " day after the first", least: 1, unknown: oneDay},
	"interval_last":         {quantity: dayCount, before: "last purchase ", after: " days after the one before", one: " day after the one before", least: 1, unknown: oneDay},
	"recency_over_interval": {quantity: ratio, before: "last purchase ", after: " times the usual interval ago", unknown: oneDay},
	"same_season_days": {quantity: wholeNumber, after: " purchase days in this season of earlier years", one: " purchase day in this season of earlier years",
		none: "no purchase in this season of earlier years"},

	"orders":            {quantity: wholeNumber, after: " orders", one: " order", least: 1},
	"orders_30d":        {quantity: wholeNumber, after: " orders in the last 30 days", one: " order in the last 30 days", none: "no order in the last 30 days"},
	"orders_90d":        {quantity: wholeNumber, after: " orders in the last 90 days", one: " order in the last 90 days", none: "no order in the last 90 days"},
	"orders_180d":       {quantity: wholeNumber, after: " orders in the last 180 days", one: " order in the last 180 days", none: "no order in the last 180 days"},
	"orders_365d":       {quantity: wholeNumber, after: " orders in the last 365 days", one: " order in the last 365 days", none: "no order in the last 365 days"},
	"monetary":          {quantity: amount, before: "spent ", after: " in all", none: "spent nothing"},
	"net_monetary":      {quantity: amount, before: "spent ", after: " in all, returns deducted"},
	"spend_90d":         {quantity: amount, before: "spent ", after: " in the last 90 days", none: "spent nothing in the last 90 days"},
	"spend_365d":        {quantity: amount, before: "spent ", after: " in the last 365 days", none: "spent nothing in the last 365 days"},
	"mean_order_value":  {quantity: amount, before: "mean order value ", none: "mean order value 0"},
	"max_order_value":   {quantity: amount, before: "largest order worth ", none: "largest order worth 0"},
	"first_order_value": {quantity: amount, before: "first order worth ", none: "first order worth 0"},
	"last_order_value":  {quantity: amount, before: "last order worth ", none: "last order worth 0"},
	"units_per_order":   {quantity: ratio, after: " units per order"},
	"lines_per_order":   {quantity: ratio, after: " lines per order"},
	"weekend_share":     {quantity: percent, after: " of the orders at weekends", none: "no order at weekends"},

	"lines":             {quantity: wholeNumber, after: " order lines", one: " order line", least: 1},
	"units":             {quantity: ratio, after: " units bought"},
	"products":          {quantity: wholeNumber, after: " different products", one: " product", none: "no product known"},
	"categories":        {quantity: wholeNumber, after: " categories", one: " category", none: "no category known"},
	"channels":          {quantity: wholeNumber, after: " channels", one: " channel", none: "no channel known"},
	"return_line_share": {quantity: percent, after: " of the lines returned", none: "no line returned"},
	"returned_amount":   {quantity: amount, before: "returns worth ", none: "nothing returned"},

	"days_since_second_last": {quantity: dayCount, before: "last purchase but one ", after: " days ago", one: " day ago", least: 1, unknown: oneDay},
	"interval_trend":         {quantity: ratio, before: "last interval ", after: " times the usual one", unknown: twoDays},
	"overdue_deviations":     {quantity: ratio, before: "overdue by ", after: " times the usual spread", unknown: twoDays},
	"purchase_days_per_year": {quantity: ratio, after: " purchase days a year"},
	"spend_share_365d":       {quantity: percent, after: " of what was spent fell into the last 365 days", none: "nothing spent in the last 365 days", unknown: "spent nothing"},
	"last_order_ratio":       {quantity: ratio, before: "last order worth ", after: " times the mean one", unknown: "spent nothing"},

	"first_purchase_day":  {quantity: dayCount, before: "first purchase on day ", after: " since 1970"},
	"last_purchase_day":   {quantity: dayCount, before: "last purchase on day ", after: " since 1970"},
	"season_gap_last":     {quantity: dayCount, before: "last bought ", after: " days off this time of the year", one: " day off this time of the year"},
	"season_gap_first":    {quantity: dayCount, before: "first bought ", after: " days off this time of the year", one: " day off this time of the year"},
	"season_gap_least":    {quantity: dayCount, before: "purchase nearest to this time of the year ", after: " days off it", one: " day off it"},
	"season_share":        {quantity: ratio, before: "nearness of the purchases to this time of the year ", after: " of 1", none: "no purchase near this time of the year"},
	"cohort_return_rate":  {quantity: percent, before: "of similar customers ", after: " came back of late", none: "no similar customer came back of late"},
	"products_again":      {quantity: percent, before: "products whose buyers come back: ", unknown: "no product known"},
	"products_late":       {quantity: percent, before: "products whose lapsed buyers come back: ", unknown: "no product known"},
	"last_products_again": {quantity: percent, before: "last products' buyers come back: ", unknown: "last products unknown"},
	"traffic_first":       {quantity: ratio, before: "first purchase in a week ", after: " times as busy as usual"},
	"traffic_last":        {quantity: ratio, before: "last purchase in a week ", after: " times as busy as usual"},
	"traffic_mean":        {quantity: ratio, before: "bought in weeks ", after: " times as busy as usual"},
	"peak_share":          {quantity: percent, after: " of the purchase days in the shop's peak weeks", none: "never bought in the shop's peak weeks"},
	"first_in_peak":       {quantity: wholeNumber, after: " first purchases in the shop's peak weeks", one: " first purchase in the shop's peak weeks", none: "first purchase outside the shop's peak weeks"},
	"chance_alive":        {quantity: percent, before: "chance of still being a customer ", unknown: "chance of still being a customer unknown"},
	"expected_purchases":  {quantity: realNumber, after: " purchases expected " + withinHorizon + " from how often they bought", unknown: "expected purchases unknown"},

	"first_channel": {before: "first bought via ", unknown: "first channel unknown"},
	"last_channel":  {before: "last bought via ", unknown: "last channel unknown"},
	"top_channel":   {before: "mostly bought via ", unknown: "channel unknown"},
	"top_category":  {before: "mostly bought from ", unknown: "category unknown"},
}

// phraseOf returns the phrase of a feature; that of a feature without one is
// its name, with spaces.
func phraseOf(feature string) phrase {
	if p, ok := phrases[feature]; ok {
		return p
	}
	name := strings.ReplaceAll(feature, "_", " ")
	return phrase{before: name + " ", unknown: name + " unknown"}
}
