package offers

import (
	"iter"

	"winback/data/tables"
)

// mostHotRows is how long the table of hot products is.
const mostHotRows = 100

// HotRows are the products of most buyers, most first. categories are the names
// behind the codes that the walk met.
func (g *Goods) HotRows(categories []string) []tables.HotProduct {
	var rows []tables.HotProduct
	for i, code := range g.hot[:min(len(g.hot), mostHotRows)] {
		row := tables.HotProduct{Rank: int32(i + 1), Product: g.Name(code), Buyers28: int64(g.month[code]), Buyers60: int64(g.recent[code]), Buyers365: int64(g.year[code])}
		if category := g.category[code]; category > 0 {
			row.Category = categories[category-1]
		}
		rows = append(rows, row)
	}
	return rows
}

// PairRows are what follows each product, by product and rank.
func (g *Goods) PairRows() iter.Seq[tables.ProductPair] {
	return func(yield func(tables.ProductPair) bool) {
		if g.pairs.start == nil {
			return
		}
		for code := uint32(1); int(code) <= len(g.names); code++ {
			for i, n := range g.pairs.of(code) {
				if !yield(tables.ProductPair{Product: g.Name(code), Next: g.Name(n.product), Chance: n.chance, Events: int64(g.pairs.had[code]), Bought: int64(n.bought), Rank: int32(i + 1)}) {
					return
				}
			}
		}
	}
}
