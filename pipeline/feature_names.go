package pipeline

import "strings"

// featureNames say what a feature is, for pictures.
var featureNames = map[string]string{
	"recency_days":           "days since the last purchase",
	"days_since_second_last": "days since the last purchase but one",
	"recency_over_interval":  "silence against the usual pace",
	"overdue_deviations":     "how far overdue",
	"tenure_days":            "days since the first purchase",
	"purchase_days":          "purchase days",
	"purchase_days_per_year": "purchase days a year",
	"interval_mean":          "mean days between purchases",
	"interval_median":        "typical days between purchases",
	"interval_std":           "spread of the days between purchases",
	"interval_min":           "shortest time between purchases",
	"interval_max":           "longest time between purchases",
	"interval_first":         "days from first to second purchase",
	"interval_last":          "days between the last two purchases",
	"interval_trend":         "last interval against the usual one",
	"same_season_days":       "purchases in this season before",
	"orders":                 "orders in all",
	"orders_30d":             "orders in the last 30 days",
	"orders_90d":             "orders in the last 90 days",
	"orders_180d":            "orders in the last 180 days",
	"orders_365d":            "orders in the last 365 days",
	"monetary":               "spent in all",
	"net_monetary":           "spent in all, returns deducted",
	"spend_90d":              "spent in the last 90 days",
	"spend_365d":             "spent in the last 365 days",
	"spend_share_365d":       "share spent in the last 365 days",
	"mean_order_value":       "mean order value",
	"max_order_value":        "value of the largest order",
	"first_order_value":      "value of the first order",
	"last_order_value":       "value of the last order",
	"last_order_ratio":       "last order against the mean one",
	"units_per_order":        "units per order",
	"lines_per_order":        "lines per order",
	"weekend_share":          "share of orders at weekends",
	"lines":                  "order lines",
	"units":                  "units bought",
	"products":               "different products",
	"categories":             "different categories",
	"channels":               "different channels",
	"return_line_share":      "share of lines returned",
	"returned_amount":        "value of returns",
	"first_purchase_day":     "day of the first purchase",
	"last_purchase_day":      "day of the last purchase",
	"season_gap_last":        "last purchase against this time of the year",
	"season_gap_first":       "first purchase against this time of the year",
	"season_gap_least":       "nearest purchase against this time of the year",
	"season_share":           "how near this time of the year they bought",
	"cohort_return_rate":     "how similar customers came back of late",
	"products_again":         "how buyers of the same products come back",
	"products_late":          "how lapsed buyers of the same products come back",
	"last_products_again":    "how buyers of the last products come back",
	"traffic_first":          "how busy the shop was at the first purchase",
	"traffic_last":           "how busy the shop was at the last purchase",
	"traffic_mean":           "how busy the shop was at the purchases",
	"peak_share":             "share of purchase days in the shop's peak",
	"first_in_peak":          "first purchase in the shop's peak",
	"chance_alive":           "chance of still being a customer",
	"expected_purchases":     "purchases expected from how often they bought",
	"first_channel":          "channel of the first purchase",
	"last_channel":           "channel of the last purchase",
	"top_channel":            "usual channel",
	"top_category":           "usual category",
}

// featureName is the name of a feature for people.
func featureName(feature string) string {
	if name, ok := featureNames[feature]; ok {
		return name
	}
	return strings.ReplaceAll(feature, "_", " ")
}
