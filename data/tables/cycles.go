package tables

import (
	"io"
	"math"
)

// ProductCycle is how a product, or a category, is bought again.
type ProductCycle struct {
	Level    string // product or category
	Product  string // "" for a category; null in the file
	Category string // "": not known, null in the file
	Clock    string // cycle, yearly, none, shop
	Why      string

	Buyers, Repeaters, Intervals int64   // in the sample
	Returned                     float64 // share who buy it again within FollowedDays
	FollowedDays                 int32

	// Last day of use, usual day of the next purchase, last day of running out;
	// NaN where the clock is yearly or none.
	UseDays, TypicalDays, EndDays float64
	OwnTypicalDays                float64 // before shrinking; NaN: none
	WeightProduct, WeightCategory float64 // of what the days rest on; the four sum to 1, NaN with the days
	WeightShop, WeightIndustry    float64
	Norm                          string  // industry's norm; "": none, null in the file
	Chance                        float64 // that permuted products look as different; NaN: not tested
	Regular                       float64 // how much narrower its intervals spread than permuted ones; NaN: not tested
	UsualQuantity                 float64
	SeasonMonth                   int32 // first of three months; 0: none
}

type cycleColumns struct {
	Level          string   `parquet:"level,dict"`
	Product        string   `parquet:"product,optional"`
	Category       string   `parquet:"category,optional,dict"`
	Clock          string   `parquet:"clock,dict"`
	Why            string   `parquet:"why"`
	Buyers         int64    `parquet:"buyers"`
	Repeaters      int64    `parquet:"repeaters"`
	Intervals      int64    `parquet:"intervals"`
	Returned       float64  `parquet:"bought_again"`
	FollowedDays   int32    `parquet:"followed_days"`
	UseDays        *float64 `parquet:"use_days"`
	TypicalDays    *float64 `parquet:"typical_days"`
	EndDays        *float64 `parquet:"end_days"`
	OwnTypicalDays *float64 `parquet:"own_typical_days"`
	WeightProduct  *float64 `parquet:"weight_product"`
	WeightCategory *float64 `parquet:"weight_category"`
	WeightShop     *float64 `parquet:"weight_shop"`
	WeightIndustry *float64 `parquet:"weight_industry"`
	Norm           string   `parquet:"industry_norm,optional,dict"`
	Chance         *float64 `parquet:"chance"`
	Regular        *float64 `parquet:"regularity"`
	UsualQuantity  float64  `parquet:"usual_quantity"`
	SeasonMonth    int32    `parquet:"season_month"`
}

// CyclesWriter writes the table of product cycles. The same rows give the same
// bytes.
type CyclesWriter struct{ columnWriter[ProductCycle] }

// NewCyclesWriter starts a file on w. Close finishes it.
func NewCyclesWriter(w io.Writer) *CyclesWriter {
	return &CyclesWriter{newColumnWriter[cycleColumns](w, func(c *rowColumns, r *ProductCycle) {
		c.texts(r.Level, r.Product, r.Category, r.Clock, r.Why)
		c.ints(r.Buyers, r.Repeaters, r.Intervals)
		c.floats(r.Returned)
		c.ints(int64(r.FollowedDays))
		c.floats(r.UseDays, r.TypicalDays, r.EndDays, r.OwnTypicalDays, r.WeightProduct, r.WeightCategory, r.WeightShop, r.WeightIndustry)
		c.texts(r.Norm)
		c.floats(r.Chance, r.Regular)
		if math.IsNaN(r.UsualQuantity) {
			c.floats(0)
		} else {
			c.floats(r.UsualQuantity)
		}
		c.ints(int64(r.SeasonMonth))
	})}
}
