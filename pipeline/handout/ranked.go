package handout

import (
	"io"
	"iter"

	"winback/data/tables"
)

// ExportRanked writes the customers that a stored model has ranked in a format and
// returns how many rows there were. The same rows and about give the same bytes.
func ExportRanked(w io.Writer, format Format, rows iter.Seq2[tables.RankedRow, error], about About) (int64, error) {
	return export(w, format, rankedColumns(), func(r *tables.RankedRow) int { return int(r.Group) }, rows, about, rankedParquet)
}

func rankedParquet(w io.Writer, rows iter.Seq2[tables.RankedRow, error]) (int64, error) {
	table := tables.NewRankedWriter(w)
	n := int64(0)
	for row, err := range rows {
		if err == nil {
			err = table.Write([]tables.RankedRow{row})
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, table.Close()
}

// rankedColumns are the columns of a ranked list, in the order of its Parquet file.
func rankedColumns() []exportColumn[tables.RankedRow] {
	return []exportColumn[tables.RankedRow]{
		{"rank", cellWhole, 9, "Place in the list, 1 first.", func(r *tables.RankedRow) exportCell { return wholeCell(r.Rank) }},
		{"customer_id", cellText, 18, "The shop's own customer id.", func(r *tables.RankedRow) exportCell { return textCell(r.CustomerID) }},
		{"group", cellWhole, 9, "Contact group of the run whose model ranked, 1 first.", func(r *tables.RankedRow) exportCell { return wholeCell(int64(r.Group)) }},
		{"probability", cellShare, 15, "Chance of a purchase within the horizon, contacted or not.", func(r *tables.RankedRow) exportCell { return numberCell(cellShare, r.Probability) }},
	}
}
