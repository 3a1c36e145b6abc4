package orders

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"

	"winback/data"
	"winback/data/parse"
)

// variant is one way in which a shop may write the lines of testLines.
type variant struct {
	name   string
	change func(f *orderFile)
	opts   Options
	days   bool     // the times are days
	path   string   // of the file; orders.parquet where empty
	wrong  []string // words of the error, where the variant is refused; the file's name goes without saying
}

func set(r data.Role, name string, node parquet.Node, value func(l *testLine) parquet.Value) func(*orderFile) {
	return func(f *orderFile) { f.columns[r] = &orderColumn{name, node, value} }
}

func all(changes ...func(*orderFile)) func(*orderFile) {
	return func(f *orderFile) {
		for _, c := range changes {
			c(f)
		}
	}
}

func options(o ...parquet.WriterOption) func(*orderFile) {
	return func(f *orderFile) { f.options = append(f.options, o...) }
}

func drop(roles ...data.Role) func(*orderFile) { return func(f *orderFile) { f.without(roles...) } }

func renamed(r data.Role, name string) func(*orderFile) {
	return func(f *orderFile) { f.columns[r].name = name }
}

func node(r data.Role, change func(parquet.Node) parquet.Node) func(*orderFile) {
	return func(f *orderFile) { f.columns[r].node = change(f.columns[r].node) }
}

func encodedAs(e string) func(parquet.Node) parquet.Node {
	return func(n parquet.Node) parquet.Node {
		switch e {
		case "plain":
			return parquet.Encoded(n, &parquet.Plain)
		case "dictionary":
			return parquet.Encoded(n, &parquet.RLEDictionary)
		case "delta":
			return parquet.Encoded(n, &parquet.DeltaBinaryPacked)
		case "delta length":
			return parquet.Encoded(n, &parquet.DeltaLengthByteArray)
		case "delta bytes":
			return parquet.Encoded(n, &parquet.DeltaByteArray)
		case "split":
			return parquet.Encoded(n, &parquet.ByteStreamSplit)
		}
		panic(e)
	}
}

// bigEndian writes a decimal of so many bytes.
func bigEndian(x int64, size int) []byte {
	n := big.NewInt(x)
	if x < 0 {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	return n.FillBytes(make([]byte, size))
}

// shortBigEndian writes a decimal in the fewest bytes.
func shortBigEndian(x int64) []byte {
	b := bigEndian(x, 9)
	for len(b) > 1 && (b[0] == 0 && b[1]&0x80 == 0 || b[0] == 0xff && b[1]&0x80 != 0) {
		b = b[1:]
	}
	return b
}

func local(l *testLine) time.Time { return time.UnixMicro(l.micros).UTC() }

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// utcOf is the moment at which Berlin's clock shows the line's time.
func utcOf(zone *time.Location) func(l *testLine) time.Time {
	return func(l *testLine) time.Time {
		t := local(l)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone).UTC()
	}
}

func timeText(format string) func(*orderFile) {
	return set(data.Time, "order_date", parquet.String(), func(l *testLine) parquet.Value {
		return parquet.ByteArrayValue([]byte(local(l).Format(format)))
	})
}

func int96(t time.Time) parquet.Value {
	days := t.Unix()/86400 + 2_440_588
	nanos := uint64(t.Unix()%86400)*1e9 + uint64(t.Nanosecond())
	return parquet.Int96Value(deprecated.Int96{uint32(nanos), uint32(nanos >> 32), uint32(days)})
}

func cents(l *testLine) int64 { return l.amount / 100 }

func idVariants() []variant {
	id := func(node parquet.Node, value func(int64) parquet.Value) func(*orderFile) {
		return set(data.Customer, "customer_id", node, func(l *testLine) parquet.Value { return value(number(l.customer)) })
	}
	uuid := func(l *testLine) []byte { return bytes.Repeat([]byte{byte(number(l.customer) - 12000)}, 16) }
	fixed := parquet.Leaf(parquet.FixedLenByteArrayType(5))
	return []variant{
		{name: "ids in int64", change: id(parquet.Int(64), func(x int64) parquet.Value { return parquet.Int64Value(x) })},
		{name: "ids in int32", change: id(parquet.Int(32), func(x int64) parquet.Value { return parquet.Int32Value(int32(x)) })},
		{name: "ids in int16", change: id(parquet.Int(16), func(x int64) parquet.Value { return parquet.Int32Value(int32(x)) })},
		{name: "ids in uint16", change: id(parquet.Uint(16), func(x int64) parquet.Value { return parquet.Int32Value(int32(x)) })},
		{name: "ids in uint32", change: id(parquet.Uint(32), func(x int64) parquet.Value { return parquet.Int32Value(int32(x)) })},
		{name: "ids in uint64", change: id(parquet.Uint(64), func(x int64) parquet.Value { return parquet.Int64Value(x) })},
		{name: "ids in plain int64", change: id(parquet.Leaf(parquet.Int64Type), func(x int64) parquet.Value { return parquet.Int64Value(x) })},
		{name: "ids in double", change: id(parquet.Leaf(parquet.DoubleType), func(x int64) parquet.Value { return parquet.DoubleValue(float64(x)) })},
		{name: "ids in float", change: id(parquet.Leaf(parquet.FloatType), func(x int64) parquet.Value { return parquet.FloatValue(float32(x)) })},
		{name: "ids in optional double", change: id(parquet.Optional(parquet.Leaf(parquet.DoubleType)), func(x int64) parquet.Value { return parquet.DoubleValue(float64(x)) })},
		{name: "ids in decimal of int64", change: id(parquet.Decimal(0, 18, parquet.Int64Type), func(x int64) parquet.Value { return parquet.Int64Value(x) })},
		{name: "ids in decimal with places", change: id(parquet.Decimal(2, 9, parquet.Int32Type), func(x int64) parquet.Value { return parquet.Int32Value(int32(x * 100)) })},
		{name: "ids in decimal of 16 bytes", change: id(parquet.Decimal(0, 38, parquet.FixedLenByteArrayType(16)), func(x int64) parquet.Value {
			return parquet.FixedLenByteArrayValue(bigEndian(x, 16))
		})},
		{name: "ids in decimal of bytes", change: id(parquet.Decimal(0, 20, parquet.ByteArrayType), func(x int64) parquet.Value {
			return parquet.ByteArrayValue(shortBigEndian(x))
		})},
		{name: "ids in fixed bytes", change: set(data.Customer, "customer_id", fixed, func(l *testLine) parquet.Value { return parquet.FixedLenByteArrayValue([]byte(l.customer)) })},
		{name: "ids in plain bytes", change: set(data.Customer, "customer_id", parquet.Leaf(parquet.ByteArrayType), func(l *testLine) parquet.Value { return parquet.ByteArrayValue([]byte(l.customer)) })},
		{name: "ids in enum", change: set(data.Customer, "customer_id", parquet.Enum(), func(l *testLine) parquet.Value { return parquet.ByteArrayValue([]byte(l.customer)) })},
		{name: "ids required", change: set(data.Customer, "customer_id", parquet.String(), func(l *testLine) parquet.Value { return parquet.ByteArrayValue([]byte(l.customer)) })},
		{name: "orders and lines in numbers", change: all(
			set(data.OrderID, "order_id", parquet.Int(64), func(l *testLine) parquet.Value { return parquet.Int64Value(number(l.order)) }),
			set(data.Line, "line_num", parquet.Int(8), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(number(l.line))) }))},
		{name: "ids in boolean", change: set(data.Customer, "customer_id", parquet.Leaf(parquet.BooleanType), func(l *testLine) parquet.Value { return parquet.BooleanValue(true) }),
			wrong: []string{`column "customer_id"`, "want an id", "BOOLEAN"}},
		{name: "ids in date", change: set(data.Customer, "customer_id", parquet.Date(), func(l *testLine) parquet.Value { return parquet.Int32Value(1) }),
			wrong: []string{`column "customer_id"`, "want an id", "a date"}},
		{name: "ids in list", change: set(data.Customer, "customer_id", parquet.Repeated(parquet.String()), func(l *testLine) parquet.Value { return parquet.ByteArrayValue([]byte("1")) }),
			wrong: []string{"customer_id", "list"}},
		{name: "UUIDs", change: set(data.Customer, "customer_id", parquet.UUID(), func(l *testLine) parquet.Value { return parquet.FixedLenByteArrayValue(uuid(l)) }), path: "uuid.parquet"},
	}
}

func timeVariants(t testing.TB) []variant {
	zone := berlin(t)
	utc := utcOf(zone)
	at := func(node parquet.Node, value func(l *testLine) int64) func(*orderFile) {
		return set(data.Time, "order_date", node, func(l *testLine) parquet.Value { return parquet.Int64Value(value(l)) })
	}
	date := func(l *testLine) parquet.Value { return parquet.Int32Value(int32(data.DayOfMicros(l.micros))) }
	compact := func(l *testLine) int64 {
		y, m, d := local(l).Date()
		return int64(y*10000 + int(m)*100 + d)
	}
	return []variant{
		{name: "local milliseconds", change: at(parquet.TimestampAdjusted(parquet.Millisecond, false), func(l *testLine) int64 { return l.micros / 1000 })},
		{name: "local nanoseconds", change: at(parquet.TimestampAdjusted(parquet.Nanosecond, false), func(l *testLine) int64 { return l.micros * 1000 })},
		{name: "UTC milliseconds", change: at(parquet.Timestamp(parquet.Millisecond), func(l *testLine) int64 { return l.micros / 1000 })},
		{name: "UTC microseconds", change: at(parquet.Timestamp(parquet.Microsecond), func(l *testLine) int64 { return l.micros })},
		{name: "UTC nanoseconds", change: at(parquet.Timestamp(parquet.Nanosecond), func(l *testLine) int64 { return l.micros * 1000 })},
		{name: "Berlin milliseconds", opts: Options{Zone: zone}, change: at(parquet.Timestamp(parquet.Millisecond), func(l *testLine) int64 { return utc(l).UnixMilli() })},
		{name: "Berlin microseconds", opts: Options{Zone: zone}, change: at(parquet.Timestamp(parquet.Microsecond), func(l *testLine) int64 { return utc(l).UnixMicro() })},
		{name: "Berlin nanoseconds", opts: Options{Zone: zone}, change: at(parquet.Timestamp(parquet.Nanosecond), func(l *testLine) int64 { return utc(l).UnixNano() })},
		{name: "local times in a zone", opts: Options{Zone: zone}, change: func(*orderFile) {}},
		{name: "optional times", change: node(data.Time, parquet.Optional)},
		{name: "INT96", change: set(data.Time, "order_date", parquet.Leaf(parquet.Int96Type), func(l *testLine) parquet.Value { return int96(local(l)) })},
		{name: "INT96 in a dictionary", change: set(data.Time, "order_date", parquet.Encoded(parquet.Leaf(parquet.Int96Type), &parquet.RLEDictionary), func(l *testLine) parquet.Value { return int96(local(l)) })},
		{name: "dates", days: true, change: set(data.Time, "order_date", parquet.Date(), date)},
		{name: "optional dates in a dictionary", days: true, change: set(data.Time, "order_date", parquet.Optional(parquet.Encoded(parquet.Date(), &parquet.RLEDictionary)), date)},
		{name: "dates in a zone", days: true, opts: Options{Zone: zone}, change: set(data.Time, "order_date", parquet.Date(), date)},
		{name: "text dates", days: true, change: timeText("2006-01-02")},
		{name: "text times", change: timeText("2006-01-02 15:04:05")},
		{name: "text times of ISO 8601", change: timeText("2006-01-02T15:04:05.000000")},
		{name: "text times with Z", change: timeText(time.RFC3339)},
		{name: "text times of Berlin", opts: Options{Zone: zone}, change: set(data.Time, "order_date", parquet.String(), func(l *testLine) parquet.Value {
			return parquet.ByteArrayValue([]byte(utc(l).In(zone).Format(time.RFC3339)))
		})},
		{name: "text dates day first", days: true, opts: Options{DateOrder: parse.DayFirst}, change: timeText("02/01/2006")},
		{name: "text dates with points", days: true, opts: Options{DateOrder: parse.DayFirst}, change: timeText("2.1.2006")},
		{name: "text dates month first", opts: Options{DateOrder: parse.MonthFirst}, change: timeText("1/2/2006 3:04:05 PM")},
		{name: "text dates whose column says the order", days: true, change: timeText("02/01/2006")},
		{name: "text dates of open order", change: set(data.Time, "order_date", parquet.String(), func(l *testLine) parquet.Value {
			return parquet.ByteArrayValue([]byte(utc(l).AddDate(0, 0, 1-utc(l).Day()).Format("02/01/2006")))
		}), wrong: []string{`column "order_date"`, "--date-format", "D/M/YYYY"}},
		{name: "months by name", days: true, change: timeText("2 Jan 2006")},
		{name: "eight digits in int32", days: true, change: set(data.Time, "order_date", parquet.Int(32), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(compact(l))) })},
		{name: "eight digits in int64", days: true, opts: Options{Zone: zone}, change: at(parquet.Int(64), compact)},
		{name: "eight digits in text", days: true, change: timeText("20060102")},
		{name: "epoch seconds in int64", change: at(parquet.Int(64), func(l *testLine) int64 { return l.micros / 1e6 })},
		{name: "epoch seconds in int32", change: set(data.Time, "order_date", parquet.Int(32), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.micros / 1e6)) })},
		{name: "epoch seconds in uint32", change: set(data.Time, "order_date", parquet.Uint(32), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.micros / 1e6)) })},
		{name: "epoch seconds of Berlin", opts: Options{Zone: zone}, change: at(parquet.Leaf(parquet.Int64Type), func(l *testLine) int64 { return utc(l).Unix() })},
		{name: "epoch milliseconds", change: at(parquet.Int(64), func(l *testLine) int64 { return l.micros / 1000 })},
		{name: "epoch microseconds", change: at(parquet.Int(64), func(l *testLine) int64 { return l.micros })},
		{name: "epoch nanoseconds", change: at(parquet.Int(64), func(l *testLine) int64 { return l.micros * 1000 })},
		{name: "times in double", change: set(data.Time, "order_date", parquet.Leaf(parquet.DoubleType), func(l *testLine) parquet.Value { return parquet.DoubleValue(1) }),
			wrong: []string{`column "order_date" as time`, "whole numbers from 1 to 1 are no dates", "--date-format"}},
		{name: "times of day", change: at(parquet.Time(parquet.Microsecond), func(l *testLine) int64 { return 1 }),
			wrong: []string{`column "order_date" as time`, "want a date or time", "a time of day"}},
		{name: "times in boolean", change: set(data.Time, "order_date", parquet.Leaf(parquet.BooleanType), func(l *testLine) parquet.Value { return parquet.BooleanValue(true) }),
			wrong: []string{`column "order_date" as time`, "want a date or time", "BOOLEAN"}},
		{name: "times in decimal", change: at(parquet.Decimal(2, 18, parquet.Int64Type), func(l *testLine) int64 { return l.micros }),
			wrong: []string{`column "order_date" as time`, "are no dates in any way that is known", "unix-ms"}},
	}
}

func amountVariants() []variant {
	amount := func(name string, node parquet.Node, value func(l *testLine) parquet.Value) func(*orderFile) {
		return set(data.Amount, name, node, value)
	}
	text := func(l *testLine) parquet.Value { return parquet.ByteArrayValue([]byte(data.Money(l.amount).String())) }
	price := func(f *orderFile) {
		set(data.Price, "unit_price", parquet.Decimal(2, 9, parquet.Int32Type), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.price / 1e6)) })(f)
	}
	return []variant{
		{name: "amount in decimal of int32", change: amount("amount", parquet.Decimal(2, 9, parquet.Int32Type), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(cents(l))) })},
		{name: "amount in decimal with 4 places", change: amount("amount", parquet.Decimal(4, 18, parquet.Int64Type), func(l *testLine) parquet.Value { return parquet.Int64Value(l.amount) })},
		{name: "amount in decimal with 6 places", change: amount("amount", parquet.Decimal(6, 18, parquet.Int64Type), func(l *testLine) parquet.Value { return parquet.Int64Value(l.amount * 100) })},
		{name: "amount in decimal of 7 bytes", change: amount("amount", parquet.Decimal(2, 16, parquet.FixedLenByteArrayType(7)), func(l *testLine) parquet.Value {
			return parquet.FixedLenByteArrayValue(bigEndian(cents(l), 7))
		})},
		{name: "amount in decimal of 16 bytes", change: amount("amount", parquet.Decimal(2, 38, parquet.FixedLenByteArrayType(16)), func(l *testLine) parquet.Value {
			return parquet.FixedLenByteArrayValue(bigEndian(cents(l), 16))
		})},
		{name: "amount in decimal of 18 places", change: amount("amount", parquet.Decimal(18, 38, parquet.FixedLenByteArrayType(16)), func(l *testLine) parquet.Value {
			n := new(big.Int).Mul(big.NewInt(cents(l)), big.NewInt(1e16))
			if n.Sign() < 0 {
				n.Add(n, new(big.Int).Lsh(big.NewInt(1), 128))
			}
			return parquet.FixedLenByteArrayValue(n.FillBytes(make([]byte, 16)))
		})},
		{name: "amount in decimal of bytes", change: amount("amount", parquet.Decimal(2, 20, parquet.ByteArrayType), func(l *testLine) parquet.Value {
			return parquet.ByteArrayValue(shortBigEndian(cents(l)))
		})},
		{name: "amount in double", change: amount("amount", parquet.Leaf(parquet.DoubleType), func(l *testLine) parquet.Value { return parquet.DoubleValue(money(l.amount)) })},
		{name: "amount in float", change: amount("amount", parquet.Leaf(parquet.FloatType), func(l *testLine) parquet.Value { return parquet.FloatValue(float32(money(l.amount))) })},
		{name: "amount in text", change: amount("amount", parquet.String(), text)},
		{name: "amount in plain bytes", change: amount("amount", parquet.Leaf(parquet.ByteArrayType), text)},
		{name: "amount in optional text", change: amount("amount", parquet.Optional(parquet.String()), text)},
		{name: "cents in int32", change: amount("amount_cents", parquet.Int(32), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(cents(l))) })},
		{name: "cents in int64", change: amount("amount_cents", parquet.Leaf(parquet.Int64Type), func(l *testLine) parquet.Value { return parquet.Int64Value(cents(l)) })},
		{name: "cents in double", change: amount("line_amount_cents", parquet.Leaf(parquet.DoubleType), func(l *testLine) parquet.Value { return parquet.DoubleValue(float64(cents(l))) })},
		{name: "optional amount and quantity", change: all(node(data.Amount, parquet.Optional), node(data.Quantity, parquet.Optional))},
		{name: "price and quantity", change: all(price, drop(data.Amount))},
		{name: "price in double", change: all(drop(data.Amount), set(data.Price, "price", parquet.Leaf(parquet.DoubleType), func(l *testLine) parquet.Value { return parquet.DoubleValue(float64(l.price) / 1e8) }))},
		{name: "price in float", change: all(drop(data.Amount), set(data.Price, "price", parquet.Leaf(parquet.FloatType), func(l *testLine) parquet.Value { return parquet.FloatValue(float32(float64(l.price) / 1e8)) }))},
		{name: "price in cents", change: all(drop(data.Amount), set(data.Price, "unit_price_cents", parquet.Int(32), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.price / 1e6)) }))},
		{name: "amount beside price and quantity", change: price},
		{name: "quantity in int64", change: set(data.Quantity, "qty", parquet.Int(64), func(l *testLine) parquet.Value { return parquet.Int64Value(l.quantity / data.MoneyScale) })},
		{name: "quantity in double", change: set(data.Quantity, "units", parquet.Leaf(parquet.DoubleType), func(l *testLine) parquet.Value { return parquet.DoubleValue(money(l.quantity)) })},
		{name: "quantity in decimal", change: set(data.Quantity, "quantity", parquet.Decimal(3, 9, parquet.Int32Type), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.quantity / 10)) })},
		{name: "quantity in int8", change: set(data.Quantity, "quantity", parquet.Int(8), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.quantity / data.MoneyScale)) })},
		{name: "amount in date", change: amount("amount", parquet.Date(), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(cents(l))) }),
			wrong: []string{`column "amount"`, "want a number", "a date"}},
		{name: "amount in timestamp", change: amount("amount", parquet.Timestamp(parquet.Millisecond), func(l *testLine) parquet.Value { return parquet.Int64Value(cents(l)) }),
			wrong: []string{`column "amount"`, "want a number", "a zoned timestamp in ms"}},
		{name: "amount in boolean", change: amount("amount", parquet.Leaf(parquet.BooleanType), func(l *testLine) parquet.Value { return parquet.BooleanValue(false) }),
			wrong: []string{`column "amount"`, "want a number", "BOOLEAN"}},
		{name: "amount in UUID", change: amount("amount", parquet.UUID(), func(l *testLine) parquet.Value { return parquet.FixedLenByteArrayValue(make([]byte, 16)) }),
			wrong: []string{`column "amount"`, "want a number", "UUID"}},
		{name: "amount in list", change: amount("amount", parquet.Repeated(parquet.Int(64)), func(l *testLine) parquet.Value { return parquet.Int64Value(1) }),
			wrong: []string{"amount", "list"}},
		{name: "no amount and no price", change: drop(data.Amount), wrong: []string{"no column for the amount", `"customer_id"`, "--map amount=COLUMN"}},
		{name: "no customer", change: renamed(data.Customer, "who"), wrong: []string{"no column for the customer", `"who"`, "--map customer=COLUMN"}},
		{name: "no time", change: renamed(data.Time, "moment"), wrong: []string{"no column for the time", `"moment"`, "--map time=COLUMN"}},
		{name: "none of the three", change: all(renamed(data.Customer, "Client Nickname"), renamed(data.Time, "day_of_deal"), drop(data.Amount)),
			wrong: []string{"no column for the customer, the time of the order and the amount (or the unit price); ", `name them with --map 'customer=Client Nickname,time=day_of_deal,amount=COLUMN' (guessed from the names)`, "--map amount= reads purchases without their worth"}},
		{name: "a price of another name", change: all(drop(data.Amount), set(data.Price, "our_price", parquet.Leaf(parquet.DoubleType), func(l *testLine) parquet.Value { return parquet.DoubleValue(float64(l.price)) })),
			wrong: []string{"name it with --map price=our_price (guessed from the names)"}},
	}
}

func layoutVariants() []variant {
	texts := []data.Role{data.Customer, data.OrderID, data.Line, data.Product, data.Category, data.Channel}
	encodings := func(numbers, text string) func(*orderFile) {
		return func(f *orderFile) {
			for r, c := range f.columns {
				if c == nil {
					continue
				}
				e := numbers
				for _, role := range texts {
					if data.Role(r) == role {
						e = text
					}
				}
				c.node = encodedAs(e)(c.node)
			}
		}
	}
	var found []variant
	for _, e := range [][2]string{{"plain", "plain"}, {"dictionary", "dictionary"}, {"delta", "delta length"}, {"delta", "delta bytes"}, {"split", "dictionary"}} {
		for version := 1; version <= 2; version++ {
			found = append(found, variant{name: fmt.Sprintf("%s and %s in pages of version %d", e[0], e[1], version),
				change: all(encodings(e[0], e[1]), options(parquet.DataPageVersion(version), parquet.PageBufferSize(200)), func(f *orderFile) { f.perPage = 7 })})
		}
	}
	found = append(found, variant{name: "dictionaries that overflow", change: all(encodings("dictionary", "dictionary"), options(parquet.DictionaryMaxBytes(64), parquet.PageBufferSize(100)),
		func(f *orderFile) { f.perPage = 5 })})
	codecs := []struct {
		name  string
		codec parquet.WriterOption
	}{{"snappy", parquet.Compression(&parquet.Snappy)}, {"gzip", parquet.Compression(&parquet.Gzip)}, {"brotli", parquet.Compression(&parquet.Brotli)},
		{"zstd", parquet.Compression(&parquet.Zstd)}, {"LZ4", parquet.Compression(&parquet.Lz4Raw)}, {"nothing", parquet.Compression(&parquet.Uncompressed)}}
	for _, c := range codecs {
		for version := 1; version <= 2; version++ {
			found = append(found, variant{name: fmt.Sprintf("packed by %s in pages of version %d", c.name, version),
				change: options(c.codec, parquet.DataPageVersion(version), parquet.MaxRowsPerRowGroup(70))})
		}
	}
	required := func(f *orderFile) {
		for _, r := range []data.Role{data.Customer, data.OrderID, data.Line, data.Product, data.Channel} {
			f.columns[r].node = parquet.String()
		}
	}
	return append(found,
		variant{name: "required columns", change: required},
		variant{name: "columns that nobody asked for", change: func(f *orderFile) {
			f.more = append(f.more, &orderColumn{"a_note", parquet.Optional(parquet.String()), func(l *testLine) parquet.Value { return parquet.NullValue() }},
				&orderColumn{"zz", parquet.Repeated(parquet.Int(32)), func(l *testLine) parquet.Value { return parquet.Int32Value(3) }})
		}},
		variant{name: "other common names", change: all(renamed(data.Customer, "Customer ID"), renamed(data.OrderID, "Invoice"), renamed(data.Time, "InvoiceDate"), renamed(data.Amount, "Net-Amount"),
			renamed(data.Quantity, "Qty"), renamed(data.Product, "StockCode"), renamed(data.Line, "LINE"), renamed(data.Category, "Department"), renamed(data.Channel, "Sales Channel"))},
		variant{name: "a mapping", change: all(renamed(data.Customer, "a"), renamed(data.OrderID, "b"), renamed(data.Time, "c"), renamed(data.Amount, "d"), renamed(data.Quantity, "e"), renamed(data.Product, "f")),
			opts: Options{Mapping: data.Mapping{data.Customer: "a", data.OrderID: "b", data.Time: "c", data.Amount: "d", data.Quantity: "e", data.Product: "f"}}},
		variant{name: "a mapping beside common names", change: all(renamed(data.Amount, "total"), func(f *orderFile) {
			f.more = append(f.more, &orderColumn{"amount", parquet.Int(32), func(l *testLine) parquet.Value { return parquet.Int32Value(0) }})
		}), opts: Options{Mapping: data.Mapping{data.Amount: "total"}}},
		variant{name: "a mapping to nothing there", opts: Options{Mapping: data.Mapping{data.Amount: "sum"}}, change: func(*orderFile) {},
			wrong: []string{`column "sum": not found`, "--map names it for amount", `"amount"`}},
		variant{name: "two columns as good", change: func(f *orderFile) {
			f.more = append(f.more, &orderColumn{"line_total", parquet.Int(32), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.amount / data.MoneyScale)) }})
		}, wrong: []string{`columns "amount" and "line_total" could both be the amount`, "--map amount=amount"}},
		variant{name: "the master's id comes second", change: func(f *orderFile) {
			f.more = append(f.more, &orderColumn{"customer_id_master", parquet.String(), func(l *testLine) parquet.Value { return parquet.ByteArrayValue([]byte("x")) }})
		}},
	)
}

// Every usual way to write a column gives the same histories, and every other
// one an error that names the file, the column, what is wanted and what was
// found.
func TestReadOrders_SchemaVariantsGiveTheSameHistoriesOrAnError(t *testing.T) {
	lines := testLines(240)
	days := make([]testLine, len(lines))
	for i := range lines {
		days[i] = lines[i].day()
	}
	want := map[bool][]readLine{false: meant(lines), true: meant(days)}
	variants := append(append(append(idVariants(), timeVariants(t)...), amountVariants()...), layoutVariants()...)
	refused := 0
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			f := plainFile()
			v.change(f)
			name := v.path
			if name == "" {
				name = "orders.parquet"
			}
			path := f.write(t, t.TempDir(), name, lines)
			for _, workers := range []int{1, 3} {
				v.opts.Workers = workers
				got, err := readOrders(t, v.opts, path)
				if v.wrong != nil {
					refusedAs(t, err, append(v.wrong, filepath.Base(path)))
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if v.name == "UUIDs" {
					unUUID(t, got.lines)
				}
				sameLines(t, got.lines, want[v.days])
			}
		})
		if v.wrong != nil {
			refused++
		}
	}
	t.Logf("%d variants, %d of them refused", len(variants), refused)
}

func refusedAs(t *testing.T, err error, words []string) {
	t.Helper()
	if err == nil {
		t.Fatal("read, want an error")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

// unUUID puts the numbers back that the UUIDs stand for.
func unUUID(t *testing.T, lines []readLine) {
	t.Helper()
	for i := range lines {
		var b [16]byte
		if _, err := fmt.Sscanf(strings.ReplaceAll(lines[i].customer, "-", ""), "%x", new([]byte)); err != nil || len(lines[i].customer) != 36 {
			t.Fatalf("id %q is no UUID", lines[i].customer)
		}
		fmt.Sscanf(lines[i].customer[:2], "%x", &b[0])
		lines[i].customer = fmt.Sprint(12000 + int(binary.LittleEndian.Uint16([]byte{b[0], 0})))
	}
}
