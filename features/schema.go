package features

// Definition says what a column of the feature table is.
type Definition struct {
	Name     string
	Kind     Kind
	Unit     string // "days", "orders", "currency", …; empty for names and yes/no
	Nullable bool   // whether a row may have no value
	Meaning  string // one line
}

// Positions of the columns in Schema and in every table.
const (
	colPurchaseDays = iota
	colRecencyDays
	colTenureDays
	colIntervalMean
	colIntervalMedian
	colIntervalStd
	colIntervalMin
	colIntervalMax
	colIntervalFirst
	colIntervalLast
	colSameSeasonDays
	colOrders
	colMonetary
	colMeanOrderValue
	colMaxOrderValue
	colFirstOrderValue
	colLastOrderValue
	colUnitsPerOrder
	colLinesPerOrder
	colWeekendShare
	colOrders30d
	colOrders90d
	colOrders180d
	colOrders365d
	colSpend90d
	colSpend365d
	colLines
	colUnits
	colProducts
	colCategories
	colChannels
	colReturnLineShare
	colReturnedAmount
	colNetMonetary
	colFirstChannel
	colLastChannel
	colTopChannel
	colTopCategory
	colRecencyOverInterval
	colReturned
	schemaColumns

	colDaysSinceSecondLast = iota - 1
	colIntervalTrend
	colOverdueDeviations
	colPurchaseDaysPerYear
	colSpendShare365d
	colLastOrderRatio
	allColumns
)

// Schema lists the columns of the feature table beside customer_id, in the
// order in which tables and files hold them. A purchase line is a line with
// amount ≥ 0 and quantity > 0 that is no return; a purchase day is a day with a
// purchase line; an interval is the number of days between two consecutive
// purchase days; lines without an order id form one order per purchase day.
// Everything but returned is known before the as-of day. It must not be changed.
var Schema = []Definition{
	{"purchase_days", Int, "days", false, "number of purchase days"},
	{"recency_days", Int, "days", false, "days from the last purchase day to the as-of day"},
	{"tenure_days", Int, "days", false, "days from the first purchase day to the as-of day"},
	{"interval_mean", Float, "days", true, "mean interval; missing with one purchase day, like all intervals"},
	{"interval_median", Float, "days", true, "median interval, the mean of the middle two when even"},
	{"interval_std", Float, "days", true, "sample standard deviation of the intervals; missing with fewer than two"},
	{"interval_min", Int, "days", true, "shortest interval"},
	{"interval_max", Int, "days", true, "longest interval"},
	{"interval_first", Int, "days", true, "interval from the first to the second purchase day"},
	{"interval_last", Int, "days", true, "interval between the last two purchase days"},
	{"same_season_days", Int, "days", false, "purchase days within the horizon's days 364, 728 and 1092 days earlier"},
	{"orders", Int, "orders", false, "number of orders with a purchase line"},
	{"monetary", Money, "currency", false, "value of all purchase lines"},
	{"mean_order_value", Float, "currency", false, "monetary per order"},
	{"max_order_value", Money, "currency", false, "value of the largest order"},
	{"first_order_value", Money, "currency", false, "value of the first order; of orders at the same time the smaller"},
	{"last_order_value", Money, "currency", false, "value of the last order; of orders at the same time the larger"},
	{"units_per_order", Float, "units", false, "units bought per order"},
	{"lines_per_order", Float, "lines", false, "purchase lines per order"},
	{"weekend_share", Float, "share", false, "share of the orders that began on a Saturday or Sunday"},
	{"orders_30d", Int, "orders", false, "orders that began in the last 30 days"},
	{"orders_90d", Int, "orders", false, "orders that began in the last 90 days"},
	{"orders_180d", Int, "orders", false, "orders that began in the last 180 days"},
	{"orders_365d", Int, "orders", false, "orders that began in the last 365 days"},
	{"spend_90d", Money, "currency", false, "value of the orders that began in the last 90 days"},
	{"spend_365d", Money, "currency", false, "value of the orders that began in the last 365 days"},
	{"lines", Int, "lines", false, "number of purchase lines"},
	{"units", Money, "units", false, "units bought"},
	{"products", Int, "products", false, "distinct products bought"},
	{"categories", Int, "categories", false, "distinct categories bought from"},
	{"channels", Int, "channels", false, "distinct channels bought through"},
	{"return_line_share", Float, "share", false, "share of return lines in all lines, adjustments included"},
	{"returned_amount", Money, "currency", false, "value of the return lines; positive when money went back"},
	{"net_monetary", Money, "currency", false, "value of all lines: purchases, returns and adjustments"},
	{"first_channel", Text, "", true, "channel of the first purchase line that has one; at the same time the smallest name"},
	{"last_channel", Text, "", true, "channel of the last purchase line that has one; at the same time the smallest name"},
	{"top_channel", Text, "", true, "channel of most purchase lines; ties take the smallest name"},
	{"top_category", Text, "", true, "category of most purchase lines; ties take the smallest name"},
	{"recency_over_interval", Float, "ratio", true, "recency_days over interval_mean; above 1 is overdue"},
	{"returned", Bool, "", true, "label: a purchase day in the horizon's days from the as-of day; missing where the data end earlier"},
}

// ExtraSchema lists the columns that follow those of Schema in tables made with
// Snapshot.Extra: those of models and of a run. The table of winback features
// does not have them.
var ExtraSchema = []Definition{
	{"days_since_second_last", Int, "days", true, "days from the last purchase day but one to the as-of day"},
	{"interval_trend", Float, "ratio", true, "last interval over the mean interval; above 1 is slowing; missing with fewer than two intervals"},
	{"overdue_deviations", Float, "deviations", true, "(recency_days - interval_mean) over interval_std; missing where that is missing or 0"},
	{"purchase_days_per_year", Float, "days", false, "purchase days per 365 days of tenure"},
	{"spend_share_365d", Float, "share", true, "spend_365d over monetary; missing where monetary is 0"},
	{"last_order_ratio", Float, "ratio", true, "last_order_value over mean_order_value; missing where that is 0"},
}

// definitionOf returns the definition of a column, that of a nullable one where
// there is none of that name.
func definitionOf(name string) Definition {
	for _, list := range [][]Definition{Schema, ExtraSchema} {
		for _, d := range list {
			if d.Name == name {
				return d
			}
		}
	}
	return Definition{Name: name, Nullable: true}
}
