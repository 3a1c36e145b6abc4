package settings

import (
	"slices"
	"strconv"
	"time"
	_ "time/tzdata"

	"winback/data"
	"winback/data/orders"
	"winback/data/parse"
	"winback/features"
)

// Reading is how order files are read.
type Reading struct {
	Orders          []string               // read where the command line names none
	Map             data.Mapping           // roles whose column is named; others are found by common names
	Returns         orders.ReturnRules     // what marks a return besides a negative quantity or amount
	Duplicates      orders.DuplicatePolicy // what happens to equal lines
	ExcludeProducts orders.ProductFilter   // products left out
	NoCustomer      orders.NoCustomerWords // ids that stand for no customer
	FoldIDs         bool                   // customers whose ids differ in case, zeros in front and the like are one
	MoneyDecimals   int                    // as columns.Settings has them
	ExcludeStatuses []string               // values of the status column whose lines are left out
	Currency        string                 // the one that counts, in upper case; "" for all
	RatesFile       string                 // CSV of day, currency and rate; "" for none
	Timezone        *time.Location         // clock of zoned timestamps; never nil
	Dates
	Pooled
	DigestsFile string   // SHA-256 of the inputs; "" for none
	RejectsFile string   // gets the rows that were set aside; "" for none
	AsOf        data.Day // 0: the day after the newest purchase day
	Machine
}

// Sources are the order files that the command line names, else those of the
// settings.
func (g *Reading) Sources(named []string) []string {
	if len(named) > 0 {
		return named
	}
	return g.Orders
}

func (g *Reading) rows() []Setting {
	return slices.Concat([]Setting{
		{Name: "orders", section: reading, Holder: "ORDERS", Help: "order files, folders or globs where the command line names none", unset: "none",
			kind: listValue, fileOnly: true, apart: true, value: many(&g.Orders, parseSources, shown(func(s string) string { return s }))},
		{Name: "map", section: reading, Holder: "ROLE=COLUMN,...", Help: "which column is what", unset: "found by common names",
			kind: mapValue, value: many(&g.Map, parseMapping, mappingParts)},
		{Name: "returns", section: reading, Holder: "KEY=VALUE,...", Help: "what else marks a return: order-prefix=C, status=A,B, or type=refund where a line of that status is the return itself, on its own day", unset: "a negative quantity or amount",
			kind: mapValue, value: many(&g.Returns, parseReturns, returnsParts)},
		{Name: "duplicates", section: reading, Holder: "auto|drop|keep", Help: "lines equal in all columns; auto drops them if orders have ids", Preset: "auto",
			value: one(&g.Duplicates, parseDuplicates, func(p orders.DuplicatePolicy) []string { return []string{duplicateNames[p]} })},
		{Name: "exclude-products", section: reading, Holder: "CODE,...", Help: "products left out, by code or a pattern such as BANK*", unset: "none",
			kind: listValue, value: many(&g.ExcludeProducts, parseProducts, func(f orders.ProductFilter) []string { return f })},
		{Name: "no-customer", section: reading, Holder: "WORD,...", Help: "ids that stand for no customer; usual: 0, -1, guest, nan, null, unknown and the like", Preset: "usual",
			kind: listValue, value: many(&g.NoCustomer, parseNoCustomer, func(w orders.NoCustomerWords) []string { return w })},
		{Name: "customer-ids", section: reading, Holder: "as-written|folded", Help: "folded: ids that differ in case, zeros in front or marks of spreadsheets are one customer", Preset: "as-written",
			value: one(&g.FoldIDs, parseCustomerIDs, func(fold bool) []string { return []string{customerIDNames[fold]} })},
		{Name: "exclude-status", section: reading, Holder: "STATUS,...", Help: "lines of these statuses are set aside, such as cancelled,test; or COLUMN=true, those that a column marks", unset: "none",
			kind: listValue, value: many(&g.ExcludeStatuses, parseStatuses, shown(func(s string) string { return s }))},
		{Name: "currency", section: reading, Holder: "CODE", Help: "the currency that counts, such as EUR; lines of others are set aside, or converted by --rates", unset: "all, which must be one",
			value: one(&g.Currency, parseCurrency, showText)},
		{Name: "money-unit", section: reading, Holder: "found|units|cents|micros", Help: "what amounts and prices count; found: cents or micros where the name of the column says so", Preset: "found",
			value: one(&g.MoneyDecimals, parseMoneyUnit, func(decimals int) []string { return []string{moneyUnits[decimals]} })},
		{Name: "rates", section: reading, Holder: "FILE", Help: "exchange rates, CSV with day, currency and rate: what one unit is worth that day", unset: "none", value: fileInStore(&g.RatesFile)},
		{Name: "timezone", section: reading, Holder: "ZONE", Help: "clock of timestamps that name a zone, such as Europe/Berlin", Preset: "UTC",
			value: one(&g.Timezone, parseZone, func(z *time.Location) []string { return []string{z.String()} })},
	}, g.Dates.rows(), g.Pooled.rows(), []Setting{
		{Name: "digests", section: reading, Holder: "FILE", Help: "SHA-256 of the order files, as sha256sum writes it", unset: "not checked", value: fileInStore(&g.DigestsFile)},
		{Name: "rejects", section: reading, Holder: "FILE", Help: "file for the rows set aside, with the reason", unset: "not written", apart: true, value: fileInStore(&g.RejectsFile)},
		{Name: "as-of", section: days, Holder: "YYYY-MM-DD", Help: "all before it is known", unset: "the day after the newest purchase",
			value: one(&g.AsOf, parseAsOf, showDay)},
	}, g.Machine.rows())
}

// Pooled is the pool that says which customers of several sources are one.
type Pooled struct {
	PoolDir string // folder of winback pool; "" for none
}

func (g *Pooled) rows() []Setting {
	return []Setting{{Name: "pool", section: reading, Holder: "DIR", Help: "folder of winback pool: customers of several sources who are one person", unset: "none", value: onDisk(&g.PoolDir)}}
}

// Dates is how days and numbers are written in text columns.
type Dates struct {
	DateFormat string            // for data.ParseDateOrder: the order of text dates that do not say it, or what whole numbers count
	Decimal    parse.DecimalSign // of numbers in texts that do not say it
}

func (g *Dates) rows() []Setting {
	return []Setting{
		{Name: "date-format", section: reading, Holder: "D/M/YYYY", Help: "order of day, month and year in text dates; or what whole numbers count, such as unix or excel", unset: "found",
			value: one(&g.DateFormat, parseDateFormat, showText)},
		{Name: "decimal", section: reading, Holder: "comma|point", Help: "decimal sign of numbers in texts that can be read both ways", unset: "found",
			value: one(&g.Decimal, parseDecimal, func(s parse.DecimalSign) []string { return showText(s.String()) })},
	}
}

// Gate is what data must pass.
type Gate struct {
	MaxAgeDays int // input older than this fails the gate; 0 for no limit
	Acceptance
}

func (g *Gate) rows() []Setting {
	return slices.Concat([]Setting{
		{Name: "max-age", section: reading, Holder: "DAYS", Help: "stop when the newest purchase is older", unset: "no limit",
			kind: wholeValue, value: one(&g.MaxAgeDays, parseDays, show)},
	}, g.Acceptance.rows())
}

// Acceptance is whether the user knows better than a check.
type Acceptance struct {
	Accept bool // go on although the data fails the quality gate
}

func (g *Acceptance) rows() []Setting {
	return []Setting{
		{Name: "accept", section: reading, Help: "go on although the data fails the quality gate", Preset: "false",
			kind: boolValue, value: one(&g.Accept, parseBool, func(v bool) []string { return []string{strconv.FormatBool(v)} })},
	}
}

// Question is who has lapsed and what counts as a return.
type Question struct {
	LapsedAfterDays int // 0: found from the shop's own intervals
	Horizon
}

func (g *Question) rows() []Setting {
	return slices.Concat([]Setting{
		{Name: "lapsed-after", section: days, Holder: "auto|DAYS", Help: "days without a purchase; auto: when 60 % of repurchases came", Preset: "auto",
			value: one(&g.LapsedAfterDays, orAuto(parseDays), showAuto)},
	}, g.Horizon.rows())
}

// Horizon is how far a return lies ahead.
type Horizon struct {
	HorizonDays int // within which a purchase counts as a return
}

func (g *Horizon) rows() []Setting {
	return []Setting{
		{Name: "horizon", section: days, Holder: "DAYS", Help: "days within which a purchase counts as a return", Preset: "60",
			kind: wholeValue, value: one(&g.HorizonDays, parseDays, show)},
	}
}

// Stages are the days at which customers pass from stage to stage.
type Stages struct {
	StageEdges features.StageEdges
}

func (g *Stages) rows() []Setting {
	return []Setting{
		{Name: "stages", section: days, Holder: "DAYS,DAYS,DAYS", Help: "last day of the stages active, silent and sleeping", Preset: "45,90,180",
			kind: listValue, value: many(&g.StageEdges, parseEdges, func(e features.StageEdges) []string {
				return slices.Concat(show(e[0]), show(e[1]), show(e[2]))
			})},
	}
}

func showDay(day data.Day) []string {
	if day == 0 {
		return nil
	}
	return []string{day.String()}
}
