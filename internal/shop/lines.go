package shop

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"
)

const (
	productCount  = 19_999
	categoryCount = 60

	customerIDLength = 12
	orderIDLength    = 12
	firstCustomer    = 10_000_000
	firstOrder       = 100_000_000

	// checkEvery orders the writer reports progress and looks for cancellation.
	checkEvery = 1 << 16
)

// assortment is what a generated shop sells, and where.
type assortment struct {
	product     []parquet.Value
	category    []parquet.Value // of each product
	listCents   []float64       // of each product
	channel     []parquet.Value
	channelEdge []float64 // cumulative shares of the channels
}

func newAssortment(seed uint64) *assortment {
	d := draws(mix(seed))
	a := &assortment{channelEdge: []float64{0.42, 0.70, 0.88, 0.96, 0.985, 1}}
	for _, name := range []string{"web", "app", "store", "marketplace", "phone", "partner"} {
		a.channel = append(a.channel, textValue(name))
	}
	for p := range uint64(productCount) {
		a.product = append(a.product, textValue(fmt.Sprintf("P%06d", p+2)))
		a.category = append(a.category, textValue(fmt.Sprintf("cat-%02d", d.bits(saltProduct, 2*p)%categoryCount)))
		a.listCents = append(a.listCents, float64(200+d.bits(saltProduct, 2*p+1)%20_000))
	}
	return a
}

// customerID writes the id of a customer into dst and returns it.
func customerID(dst []byte, customer uint32) []byte {
	dst[0] = 'C'
	putDigits(dst[1:], firstCustomer+uint64(customer))
	return dst
}

// linePart writes the lines of a stretch of the order book.
type linePart struct {
	book     *orderBook
	goods    *assortment
	seed     draws
	progress func(orders int)
	taken    []int // products of the order at hand
}

// write makes one file of the orders [from, to) and returns its lines.
func (p *linePart) write(ctx context.Context, name string, from, to int, create Create) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	file, err := newOrderFile(name, create)
	if err != nil {
		return 0, err
	}
	lines, stopped := p.writeOrders(ctx, file, from, to)
	if err := file.close(); err != nil {
		return lines, err
	}
	return lines, stopped
}

// writeOrders stops early when the context ends, with its error.
func (p *linePart) writeOrders(ctx context.Context, file *orderFile, from, to int) (int64, error) {
	lines := int64(0)
	// One id more than the batch holds orders, so that no id is written over
	// while a line of the batch shows it.
	ids := make([]byte, (batchRows+1)*(customerIDLength+orderIDLength))
	const idBytes = customerIDLength + orderIDLength
	for start := from; start < to; start += checkEvery {
		end := min(start+checkEvery, to)
		for r := start; r < end; r++ {
			at := (r % (batchRows + 1)) * idBytes
			lines += int64(p.addOrder(file, r, ids[at:at+idBytes]))
		}
		if p.progress != nil {
			p.progress(end - start)
		}
		if err := ctx.Err(); err != nil {
			return lines, err
		}
		if file.err != nil {
			return lines, nil
		}
	}
	return lines, nil
}

// addOrder adds the lines of one order, 2.5 on average, each with a product of
// its own, since equal lines of an order pass for a mistake. It returns how many.
func (p *linePart) addOrder(file *orderFile, number int, ids []byte) int {
	seconds, customer := splitKey(p.book.keys[number])
	d := p.seed.of(saltOrder, uint64(number))
	order := ids[customerIDLength:]
	order[0] = 'O'
	putDigits(order[1:], firstOrder+uint64(number))

	var line lineValues
	line[columnCustomer] = parquet.ByteArrayValue(customerID(ids[:customerIDLength], customer))
	line[columnOrder] = parquet.ByteArrayValue(order)
	line[columnTime] = parquet.Int64Value(generatedFrom.Micros() + int64(seconds)*1_000_000)
	line[columnChannel] = p.channelOf(customer, number)
	count := 1 + int(1.958*d.exponential(saltLines, 0))
	p.taken = p.taken[:0]
	for l := range uint64(count) {
		product := p.takeProduct(d.uniform(saltProduct, l))
		line[columnProduct] = p.goods.product[product]
		line[columnCategory] = p.goods.category[product]
		line[columnQuantity] = parquet.Int32Value(quantityOf(d, l))
		price := p.goods.listCents[product] * (0.8 + 0.2*d.uniform(saltPrice, l))
		line[columnPrice] = parquet.Int64Value(int64(math.Round(price)))
		file.add(&line)
	}
	return count
}

// takeProduct returns the product at a place in [0, 1), the popular ones first
// (a product sells in proportion to one over its number), or the next one that
// the order does not have yet.
func (p *linePart) takeProduct(u float64) int {
	product := min(int(math.Exp(u*math.Log(productCount+1)))-1, productCount-1)
	for slices.Contains(p.taken, product) {
		product = (product + 1) % productCount
	}
	p.taken = append(p.taken, product)
	return product
}

// quantityOf draws the units of a line; three in a hundred are negative.
func quantityOf(d draws, line uint64) int32 {
	units := int32(1 + 0.6*d.exponential(saltQuantity, line))
	if d.uniform(saltReturn, line) < 0.03 {
		return -units
	}
	return units
}

// channelOf gives each customer three channels, of which two or all may be the
// same, and each order one of them.
func (p *linePart) channelOf(customer uint32, order int) parquet.Value {
	u := p.seed.of(saltChannel, uint64(customer)).uniform(saltChannel, uint64(order%3))
	for i, edge := range p.goods.channelEdge {
		if u < edge {
			return p.goods.channel[i]
		}
	}
	return p.goods.channel[len(p.goods.channel)-1]
}
