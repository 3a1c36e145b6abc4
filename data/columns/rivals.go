package columns

import (
	"context"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// Rival is a column beside the one that a role took which says something else: by a
// sample of the rows that have both.
type Rival struct {
	Name  string
	Share float64 // of the rows on which the two differ
	By    float64 // the middle of the differences: days, or the factor of amounts
}

// Rivals are columns that may be meant in the place of those that were taken.
type Rivals struct {
	Time, Amount []Rival
	// BeforeDiscount is a column of discounts that the amount, which is price × quantity,
	// leaves out; "" for none.
	BeforeDiscount string
}

// FindRivals compares the times and amounts that were taken by their names with others of
// the first file, by a sample of all.
func FindRivals(ctx context.Context, fsy fsys.FS, files []File, judged *Judgement, found Readings, s Settings) (r Rivals, err error) {
	take := func(role data.Role) *candidate {
		if c := files[0].Roles[role]; c.IsLeaf {
			return &candidate{role: role, name: c.Name}
		}
		return nil
	}
	time, amount, price, quantity, discount := take(data.Time), take(data.Amount), take(data.Price), take(data.Quantity), take(data.Discount)
	if _, said := s.Mapping[data.Discount]; discount == nil && !said {
		discount = files[0].otherDiscount()
	}
	times, amounts := files[0].otherTimes(judged, s), files[0].otherAmounts(s)
	if time != nil && found.numbers.OfNumbers() {
		time.order = found.numbers
	}
	wanted := slices.DeleteFunc([]*candidate{time, amount, price, quantity, discount}, func(c *candidate) bool { return c == nil })
	if discount != nil {
		discount.role = data.Amount
	}
	if len(times)+len(amounts) == 0 && discount == nil {
		return r, nil
	}
	if _, err := sampleCandidates(ctx, fsy, files, slices.Concat(wanted, times, amounts), s); err != nil {
		return r, err
	}
	for _, other := range times {
		r.Time = appendRival(r.Time, other.name, differences(time, other, func(a, b int64) float64 { return float64(b - a) }), func(d float64) bool { return math.Abs(d) >= 2 }, 0.2)
	}
	for _, other := range amounts {
		factors := differences(amount, other, func(a, b int64) float64 { return float64(b) / float64(max(a, 1)) })
		near := 0
		for _, f := range factors {
			if f > 0.7 && f < 1.4 { // no more than taxes
				near++
			}
		}
		if 10*near >= 9*len(factors) {
			r.Amount = appendRival(r.Amount, other.name, factors, func(f float64) bool { return math.Abs(f-1) > 0.001 }, 0.5)
		}
	}
	if discount != nil && (amount == nil || isProductWhere(amount, lineValues(price, quantity), discount)) && manyGiven(discount) {
		r.BeforeDiscount = discount.name
	}
	return r, nil
}

// Parts of the names of discounts, and words of other things about them.
var (
	discountParts  = []string{"discount", "rabatt", "nachlass", "remise", "descuento", "desconto", "sconto", "korting", "couponvalue", "couponamount", "promotionamount", "markdown"}
	otherDiscounts = []string{"id", "code", "type", "name", "flag", "before", "after", "shipping", "date", "order", "total", "price", "net", "gross"}
)

// otherDiscount is a column of numbers that is one of discounts of lines, by its name.
func (f *File) otherDiscount() *candidate {
	for _, l := range f.leaves {
		name := data.PlainName(l.Name)
		has := func(part string) bool { return strings.Contains(name, part) }
		if !f.isTaken(l) && slices.ContainsFunc(discountParts, has) && !slices.ContainsFunc(otherDiscounts, has) && l.Physical != guard.Boolean && l.Physical != guard.ByteArray && canBe(data.Amount, l) {
			return &candidate{role: data.Amount, name: l.Name}
		}
	}
	return nil
}

// manyGiven says whether the discounts of a sample are more than a few.
func manyGiven(discount *candidate) bool {
	rows, given := 0, 0
	for _, values := range discount.groups {
		for _, v := range values {
			rows++
			if v > nothing && v != 0 && v != word {
				given++
			}
		}
	}
	return given >= 20 && 100*given >= rows
}

// otherTimes are the other candidates for the time by their names that nothing in them
// speaks against.
func (f *File) otherTimes(judged *Judgement, s Settings) (others []*candidate) {
	if _, mapped := s.Mapping[data.Time]; mapped || !f.Roles[data.Time].IsLeaf {
		return nil
	}
	leaves := f.names[:len(f.leaves)]
	for _, c := range data.Candidates(data.Time, leaves) {
		if name := leaves[c.At]; !f.isTaken(f.leaves[c.At]) && !slices.Contains(judged.Passed[data.Time], name) {
			others = append(others, &candidate{role: data.Time, name: name})
		}
	}
	return others
}

// Parts of the names of amounts with and without taxes.
var (
	taxParts     = []string{"gross", "brutto", "net", "incl", "excl", "inctax", "exctax", "extax", "withtax", "withouttax", "taxincl", "taxexcl", "ttc", "mittax", "ohnetax", "aftertax", "beforetax", "afterdiscount", "beforediscount", "discounted", "subtotal"}
	amountParts  = []string{"amount", "total", "sales", "revenue", "value", "betrag", "umsatz", "summe", "montant", "importe", "importo", "bedrag", "price", "preis"}
	bareTaxNames = []string{"gross", "brutto", "net", "netto", "ttc"} // which say amount by themselves
)

// otherAmounts are columns whose names say that they are amounts with or without taxes
// or discounts.
func (f *File) otherAmounts(s Settings) (others []*candidate) {
	if _, mapped := s.Mapping[data.Amount]; mapped || !f.Roles[data.Amount].IsLeaf {
		return nil
	}
	hasPart := func(name string, parts []string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	taken := data.PlainName(f.Roles[data.Amount].Name)
	for i, l := range f.leaves {
		name := data.PlainName(f.names[i])
		isAmount := hasPart(name, amountParts) || slices.Contains(bareTaxNames, name)
		if f.isTaken(l) || !isAmount || !hasPart(name, taxParts) && !hasPart(taken, taxParts) {
			continue
		}
		if _, err := fixedConverter(l, moneyPoint, 0); err == nil {
			others = append(others, &candidate{role: data.Amount, name: f.names[i]})
		}
	}
	return others
}

// differences are those of two columns on the rows of a sample that have both.
func differences(taken, other *candidate, of func(a, b int64) float64) (all []float64) {
	for g, values := range taken.groups {
		if len(other.groups[g]) != len(values) {
			continue
		}
		for i, a := range values {
			b := other.groups[g][i]
			isTime := taken.role == data.Time
			if isTime && (!plausibleDay(a) || !plausibleDay(b)) { // no day at all, such as a time of day or a key
				continue
			}
			if a > nothing && b > nothing && a != word && b != word && (isTime || a > 0) {
				all = append(all, of(a, b))
			}
		}
	}
	return all
}

// appendRival takes a column up whose differences are enough.
func appendRival(rivals []Rival, name string, all []float64, differs func(float64) bool, least float64) []Rival {
	const fewest = 50 // rows
	differing := slices.DeleteFunc(slices.Clone(all), func(d float64) bool { return !differs(d) })
	share := float64(len(differing)) / float64(max(len(all), 1))
	if len(all) < fewest || share < least {
		return rivals
	}
	slices.Sort(differing)
	return append(rivals, Rival{name, share, differing[len(differing)/2]})
}

// isProductWhere says whether amounts are price × quantity on the rows that have a
// discount.
func isProductWhere(amount *candidate, products [][]int64, discount *candidate) bool {
	rows, same := 0, 0
	for g, values := range discount.groups {
		if g >= len(products) || len(products[g]) != len(values) || len(amount.groups[g]) != len(values) {
			return false
		}
		for i, d := range values {
			if a := amount.groups[g][i]; d > nothing && d != 0 && a > nothing {
				rows++
				if !Differ(a, products[g][i]) {
					same++
				}
			}
		}
	}
	return rows > 0 && 10*same >= 9*rows
}
