package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"winback/models"
)

// figures are what a fit cost and was worth.
type figures struct {
	Name       string  `json:"name"`
	Rows       int     `json:"rows"`
	FitWall    float64 `json:"fit_wall_s"`
	FitCPU     float64 `json:"fit_cpu_s"`
	PredictCPU float64 `json:"predict_cpu_s"` // the training rows
	PeakGB     float64 `json:"peak_gb"`       // of the process when the fit ended, data included
	AUC        float64 `json:"auc"`           // of the test rows
}

func fit(rows int, xPath, yPath string) error {
	runtime.GOMAXPROCS(2)
	train, test, err := read(rows, xPath, yPath)
	if err != nil {
		return err
	}
	s := models.DefaultBoostSettings()
	s.Trees, s.MaxLeaves, s.LearningRate, s.MinRows, s.MinGain, s.L2 = 100, 31, 0.1, 20, 0, 1e-3
	s.ColumnShare, s.RowShare, s.MaxBins, s.Workers = 1, 1, 255, 2
	f := figures{Name: "winback", Rows: rows}
	cpu, wall := cpuSeconds(), time.Now()
	e, err := models.Boost(context.Background(), train, s)
	if err != nil {
		return err
	}
	f.FitWall, f.FitCPU = time.Since(wall).Seconds(), cpuSeconds()-cpu
	f.PeakGB = peakGB()
	out := make([]float64, rows)
	cpu = cpuSeconds()
	e.Predict(train.X, out)
	f.PredictCPU = cpuSeconds() - cpu
	out = out[:len(test.Y)]
	e.Predict(test.X, out)
	f.AUC = models.AUC(out, test.Y, nil)
	return json.NewEncoder(os.Stdout).Encode(f)
}

// read returns the first rows as training and the last testRows as test set.
func read(rows int, xPath, yPath string) (train, test *models.Training, err error) {
	labels, err := os.ReadFile(yPath)
	if err != nil {
		return nil, nil, err
	}
	if len(labels) < rows+testRows {
		return nil, nil, fmt.Errorf("%s has %d rows, want %d", yPath, len(labels), rows+testRows)
	}
	f, err := os.Open(xPath)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	part := func(first, n int) (*models.Training, error) {
		t := &models.Training{X: &models.Matrix{}, Y: labels[first : first+n]}
		for c := range columns {
			column := make([]float32, n)
			at := int64(c*len(labels)+first) * 4
			if _, err := io.ReadFull(io.NewSectionReader(f, at, int64(n)*4), bytesOf(column)); err != nil {
				return nil, fmt.Errorf("%s: %w", xPath, err)
			}
			t.X.Names, t.X.Levels = append(t.X.Names, "x"+strconv.Itoa(c)), append(t.X.Levels, nil)
			t.X.Columns = append(t.X.Columns, column)
		}
		return t, nil
	}
	if train, err = part(0, rows); err != nil {
		return nil, nil, err
	}
	test, err = part(len(labels)-testRows, testRows)
	return train, test, err
}

// bytesOf is the memory of the numbers, on the little-endian machines that
// this measures.
func bytesOf(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// peakGB is the largest resident memory that the process had.
func peakGB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			return n / 1e6
		}
	}
	return 0
}
