package tables

import (
	"io"
	"iter"

	"winback/data"
)

// Prediction is what a model said on a past day about a customer, and what
// came.
type Prediction struct {
	AsOf        data.Day
	CustomerID  string
	Model       string
	Probability float64 // calibrated; the file keeps seven digits
	Returned    bool    // within the horizon
}

type predictionColumns struct {
	AsOf        int32   `parquet:"as_of,date,delta"`
	CustomerID  string  `parquet:"customer_id,dict"`
	Model       string  `parquet:"model,dict"`
	Probability float32 `parquet:"probability"`
	Returned    bool    `parquet:"returned"`
}

// PredictionsWriter writes the predictions of a backtest. The same rows give
// the same bytes.
type PredictionsWriter struct {
	tableWriter[Prediction, predictionColumns]
}

// NewPredictionsWriter starts a file on w. Close finishes it.
func NewPredictionsWriter(w io.Writer) *PredictionsWriter {
	return &PredictionsWriter{*newTableWriter(w, func(c *predictionColumns, r *Prediction) {
		*c = predictionColumns{int32(r.AsOf), r.CustomerID, r.Model, float32(r.Probability), r.Returned}
	})}
}

// ReadPredictions yields the predictions of a backtest in order. The first
// error ends it.
func ReadPredictions(r io.ReaderAt, size int64) iter.Seq2[Prediction, error] {
	return readTable(r, size, func(c *predictionColumns) Prediction {
		return Prediction{data.Day(c.AsOf), c.CustomerID, c.Model, float64(c.Probability), c.Returned}
	})
}
