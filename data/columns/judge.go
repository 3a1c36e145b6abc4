package columns

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/internal/fsys"
)

// Judgement is what the columns hold says about the roles: the same for all files
// of a history. The names decide among what is left.
type Judgement struct {
	Passed    data.PassedOver
	LineValue string // the price that holds price × quantity; "": none
	reasons   [data.RoleCount][]string
	won       [data.RoleCount]bool // against what the names alone would have taken
}

// judged are the roles whose candidates are compared.
var judgedRoles = [...]data.Role{data.Customer, data.OrderID, data.Time, data.Product, data.Category, data.Channel, data.Status, data.Quantity, data.Price, data.Amount}

// judgeColumns compares the candidates of each role that has several, by a sample
// of their values. It reads nothing where the names leave no choice.
func judgeColumns(ctx context.Context, fsy fsys.FS, files []File, s Settings) (Judgement, error) {
	c := newContest(files, s.Mapping)
	wanted := c.wanted()
	if len(wanted) == 0 {
		return Judgement{}, nil
	}
	tasks, err := sampleCandidates(ctx, fsy, files, wanted, s)
	if err != nil {
		return Judgement{}, err
	}
	c.words()
	c.joiningDays()
	c.loadDates(tasks)
	c.sameOnAll()
	c.onEachRow()
	for _, r := range judgedRoles {
		passEmpty(c[r])
	}
	c.orderTotals()
	j := Judgement{LineValue: c.lineValue()}
	for r, candidates := range c {
		for i, x := range candidates {
			if x.out == "" {
				continue
			}
			j.won[r] = j.won[r] || i == 0 || x.tier == candidates[0].tier
			j.Passed[r] = append(j.Passed[r], x.name)
			j.reasons[r] = append(j.reasons[r], fmt.Sprintf("%s (%s)", x.name, x.out))
		}
	}
	return j, nil
}

// wanted are the candidates whose values decide something.
func (c *contest) wanted() (wanted []*candidate) {
	want := func(candidates []*candidate) {
		for _, x := range candidates {
			if !slices.Contains(wanted, x) {
				wanted = append(wanted, x)
			}
		}
	}
	for _, r := range judgedRoles {
		if len(c[r]) > 1 {
			want(c[r])
		}
	}
	if len(c[data.Time]) > 1 {
		want(c[data.Customer])
	}
	product := len(c[data.Price]) > 0 && len(c[data.Quantity]) > 0
	if len(c[data.Amount]) > 1 || len(c[data.Amount]) == 1 && product {
		for _, r := range [...]data.Role{data.Amount, data.Price, data.Quantity, data.OrderID} {
			want(c[r])
		}
	}
	if c.mayHoldLineValue() {
		for _, r := range [...]data.Role{data.Price, data.Quantity, data.Product, data.Category} {
			want(c[r])
		}
	}
	return wanted
}

// best is the candidate that the names take among those that are left.
func best(candidates []*candidate) *candidate {
	for _, x := range candidates {
		if x.out == "" {
			return x
		}
	}
	return nil
}

// rivals are the candidates of a role that has several.
func rivals(candidates []*candidate) []*candidate {
	if len(candidates) < 2 {
		return nil
	}
	return candidates
}

// counted is how often the values of a sample stand in it.
type counted struct {
	done                 bool
	rows, distinct, most int
}

func (c *candidate) counts() (distinct, rows, most int) {
	k := &c.counted
	if !k.done {
		k.done = true
		counts := map[int64]int{}
		for _, values := range c.groups {
			for _, v := range values {
				if v != Absent && v != nothing {
					k.rows++
					counts[v]++
					k.most = max(k.most, counts[v])
				}
			}
		}
		k.distinct = len(counts)
	}
	return k.distinct, k.rows, k.most
}

// words passes over columns of words, such as the way of a payment, where another
// may have the numbers.
func (c *contest) words() {
	for _, r := range [...]data.Role{data.Amount, data.Price, data.Quantity} {
		for _, x := range rivals(c[r]) {
			words := 0
			for _, values := range x.groups {
				for _, v := range values {
					if v == word {
						words++
					}
				}
			}
			if _, rows, _ := x.counts(); words > 0 && 10*words >= 9*rows {
				x.out = "words, no numbers"
			}
		}
	}
}

// joiningDays passes over times that are one for all orders of a customer, whose
// orders by another column are of several days: they are of the customer.
func (c *contest) joiningDays() {
	customer, times := best(c[data.Customer]), c[data.Time]
	if len(times) < 2 || customer == nil {
		return
	}
	for _, x := range times {
		for _, y := range times {
			if x != y && x.out == "" && y.out == "" && y.filled >= mostlyFilled && onePerCustomer(customer, x, y) {
				x.out = "one day for all orders of a customer"
			}
		}
	}
}

// onePerCustomer says whether x is one day for nearly all customers whose days by
// y differ, and is not one day for all.
func onePerCustomer(customer, x, y *candidate) bool {
	type days struct {
		x, y             int64
		xDiffers, differ bool
	}
	known := map[int64]days{}
	for g, ids := range customer.groups {
		if len(x.groups[g]) != len(ids) || len(y.groups[g]) != len(ids) {
			continue
		}
		for i, id := range ids {
			dx, dy := x.groups[g][i], y.groups[g][i]
			if id <= nothing || dx <= nothing || dy <= nothing {
				continue
			}
			k, ok := known[id]
			if !ok {
				k = days{x: dx, y: dy}
			}
			k.xDiffers, k.differ = k.xDiffers || dx != k.x, k.differ || dy != k.y
			known[id] = k
		}
	}
	several, one := 0, 0
	all := map[int64]bool{}
	for _, k := range known {
		if k.differ {
			several++
			all[k.x] = true
			if !k.xDiffers {
				one++
			}
		}
	}
	const fewest = 20 // customers
	return several >= fewest && 100*one >= 95*several && 10*len(all) >= several
}

// mostlyFilled is the least that a column holds for which another is passed over.
const mostlyFilled = 0.5

// loadDates passes over times that say when rows were loaded or exported: most of
// the history on one day, or one day in every file whose rows, by another column,
// are of many. Folders of a name that says nothing of an order go behind all
// columns.
func (c *contest) loadDates(tasks []rowGroupOf) {
	times := rivals(c[data.Time])
	for _, x := range times {
		_, rows, most := x.counts()
		share := float64(most) / float64(max(rows, 1))
		days, constant := x.daysOfFiles(tasks)
		for _, y := range times {
			_, otherRows, otherMost := y.counts()
			otherDays, _ := y.daysOfFiles(tasks)
			switch {
			case x == y || y.out != "" || x.out != "" || y.filled < mostlyFilled || rows == 0 || otherRows == 0:
			case most == rows && rows > 1 && otherMost < otherRows:
				x.out = "the same day in all rows"
			case share >= 0.5 && float64(otherMost)/float64(otherRows) <= share/3:
				x.out = fmt.Sprintf("one day holds %.0f %% of the rows", 100*share)
			case constant && (data.GenericTime(x.tier) || x.folder && !y.folder) && otherDays >= 3*days:
				x.out = "the same day in every row of a file"
			case x.folder && !y.folder && data.GenericTime(x.tier):
				x.out = "a folder, which may say when rows were loaded"
			}
		}
	}
}

// daysOfFiles adds up the days that each sampled file has, and says whether all
// have one alone.
func (c *candidate) daysOfFiles(tasks []rowGroupOf) (days int, constant bool) {
	constant = true
	seen := map[[2]int64]bool{}
	files := map[int]bool{}
	for g, values := range c.groups {
		for _, v := range values {
			if v != Absent && v != nothing {
				seen[[2]int64{int64(tasks[g].file), v}] = true
				files[tasks[g].file] = true
			}
		}
	}
	return len(seen), len(seen) == len(files)
}

// sameOnAll passes over ids that are one value on all rows, where another differs.
func (c *contest) sameOnAll() {
	for _, r := range [...]data.Role{data.Customer, data.OrderID, data.Product} {
		for _, x := range rivals(c[r]) {
			counts, rows, _ := x.counts()
			for _, y := range c[r] {
				if other, _, _ := y.counts(); x != y && x.out == "" && y.out == "" && y.filled >= mostlyFilled && rows > 1 && counts == 1 && other > 1 {
					x.out = "the same on all rows"
				}
			}
		}
	}
}

// onEachRow passes over customers and products that are another on each row,
// where those of another column come back.
func (c *contest) onEachRow() {
	const fewest = 100 // rows
	for _, r := range [...]data.Role{data.Customer, data.Product} {
		for _, x := range rivals(c[r]) {
			counts, rows, _ := x.counts()
			for _, y := range c[r] {
				other, otherRows, _ := y.counts()
				if x != y && x.out == "" && y.out == "" && y.filled >= mostlyFilled && rows >= fewest && (r == data.Customer && 3*other >= otherRows || r == data.Product && x.tier > 0) && 100*counts >= 99*rows && 10*other <= 9*otherRows {
					x.out = "another on almost each row"
				}
			}
		}
	}
}

// passEmpty passes over columns that are emptier than another. Orders may well
// have no customer or no category, so that there it takes more.
func passEmpty(candidates []*candidate) {
	fullest := 0.0
	for _, x := range candidates {
		if x.out == "" {
			fullest = max(fullest, x.filled)
		}
	}
	for _, x := range candidates {
		slack := 0.2
		if IsNumber(x.role) {
			slack = 0.02
		}
		if x.out == "" && x.filled < fullest-slack {
			x.out = emptyText(x)
		}
	}
}

func emptyText(x *candidate) string {
	return fmt.Sprintf("empty on %.0f %% of the rows", 100*(1-x.filled))
}

// orderTotals passes over amounts that are those of whole orders, where another
// amount, or price and quantity, has those of the lines.
func (c *contest) orderTotals() {
	price, quantity, order := best(c[data.Price]), best(c[data.Quantity]), best(c[data.OrderID])
	product := lineValues(price, quantity)
	for _, x := range c[data.Amount] {
		if x.out != "" {
			continue
		}
		if product != nil && x.filled < min(price.filled, quantity.filled)-0.02 {
			x.out = emptyText(x)
			continue
		}
		for _, y := range c[data.Amount] {
			if x != y && y.out == "" && y.filled >= x.filled-0.02 && totalsOnLines(x.groups, y.groups, order) {
				x.out = "the same on all lines of an order"
				break
			}
		}
		if x.out == "" && product != nil && totalsOnLines(x.groups, product, order) {
			x.out = "the same on all lines of an order"
		}
	}
}

// lineValues are price × quantity; nil where a file lacks one of them.
func lineValues(price, quantity *candidate) (products [][]int64) {
	if price == nil || quantity == nil || len(price.groups) != len(quantity.groups) {
		return nil
	}
	for g, prices := range price.groups {
		quantities := quantity.groups[g]
		if prices == nil || quantities == nil {
			return nil
		}
		values := make([]int64, len(prices))
		for i, p := range prices {
			values[i] = Absent
			if q := quantities[i]; p > nothing && q > nothing {
				values[i] = int64(math.Round(float64(p) * float64(q) / data.MoneyScale))
			}
		}
		products = append(products, values)
	}
	return products
}

// totalsOnLines says whether amounts are one on all lines of an order where the lines'
// own values differ.
func totalsOnLines(amounts, own [][]int64, order *candidate) bool {
	if order == nil {
		return false
	}
	differ, same := 0, 0
	for g, orders := range order.groups {
		if g >= len(amounts) || g >= len(own) || len(amounts[g]) != len(orders) || len(own[g]) != len(orders) {
			return false
		}
		for i := 0; i < len(orders); {
			end := i + 1
			ownDiffers, amountDiffers := false, false
			for ; end < len(orders) && orders[end] == orders[i] && orders[i] > nothing; end++ {
				ownDiffers = ownDiffers || own[g][end] != own[g][i]
				amountDiffers = amountDiffers || amounts[g][end] != amounts[g][i]
			}
			if ownDiffers {
				differ++
				if !amountDiffers {
					same++
				}
			}
			i = end
		}
	}
	const fewest = 20 // orders
	return differ >= fewest && 10*same >= 9*differ
}

// mayHoldLineValue says whether the price, by its name, could be that of the whole
// line: no amount of lines stands beside it.
func (c *contest) mayHoldLineValue() bool {
	ofOrders := !slices.ContainsFunc(c[data.Amount], func(x *candidate) bool { return x.tier == 0 })
	return (best(c[data.Amount]) == nil || ofOrders) && len(c[data.Quantity]) > 0 && len(c[data.Product])+len(c[data.Category]) > 0 && len(c[data.Price]) > 0 && c[data.Price][0].tier > 0
}

// lineValue finds a price that grows with the quantity of the same product: it is
// the value of the line, which the quantity must not multiply again.
func (c *contest) lineValue() string {
	if !c.mayHoldLineValue() || best(c[data.Amount]) != nil {
		return ""
	}
	return c.growingPrice()
}

// growingPrice is the name of the price where it grows with the quantity of a product,
// or of a category where nothing names products.
func (c *contest) growingPrice() string {
	price, quantity, product := best(c[data.Price]), best(c[data.Quantity]), best(c[data.Product])
	if product == nil {
		product = best(c[data.Category])
	}
	if price == nil || quantity == nil || product == nil {
		return ""
	}
	first := map[int64][2]int64{} // price and quantity of a product
	pairs, samePrice, sameUnit := 0, 0, 0
	near := func(a, b float64) bool { return math.Abs(a-b) <= 0.005*math.Max(a, b) }
	for g, products := range product.groups {
		if price.groups[g] == nil || quantity.groups[g] == nil {
			return ""
		}
		for i, id := range products {
			p, q := price.groups[g][i], quantity.groups[g][i]
			if id <= nothing || p <= 0 || q <= 0 {
				continue
			}
			known, ok := first[id]
			if !ok {
				first[id] = [2]int64{p, q}
			} else if known[1] != q {
				pairs++
				if near(float64(p), float64(known[0])) {
					samePrice++
				}
				if near(float64(p)/float64(q), float64(known[0])/float64(known[1])) {
					sameUnit++
				}
			}
		}
	}
	const fewest = 30
	if pairs < fewest || 10*sameUnit < 9*pairs || 10*samePrice > pairs {
		return ""
	}
	return price.name
}

// Tell says what the names alone would have decided otherwise, and why.
func (j *Judgement) Tell(files []File) (told []string) {
	for r := range data.RoleCount {
		if !j.won[r] {
			continue
		}
		taken := cmp.Or(files[0].Roles[r].Name, "none")
		if r == data.Amount && taken == "none" {
			taken = "price × quantity"
		}
		told = append(told, fmt.Sprintf("%s: %s, not %s", data.Role(r), taken, strings.Join(j.reasons[r], ", ")))
	}
	if roles := &files[0].Roles; !roles[data.Amount].IsPresent && !roles[data.Price].IsPresent {
		told = append(told, "amount: none; purchases count, and are worth 0")
	}
	if j.LineValue != "" {
		told = append(told, fmt.Sprintf("amount: %s, which grows with the quantity of a product and so is the value of the line, not its unit price", j.LineValue))
	}
	return told
}
