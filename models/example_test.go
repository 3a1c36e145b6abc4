package models_test

import (
	"context"
	"fmt"

	"winback/models"
)

// Customers come back the more likely the more recently they bought.
func ExampleBoost() {
	const rows = 2000
	days, returned := make([]float32, rows), make([]uint8, rows)
	for i := range rows {
		days[i] = float32(i % 200)
		if i%200 < 50 && i/200%2 == 0 { // every second one within 50 days
			returned[i] = 1
		}
	}
	train := &models.Training{
		X: &models.Matrix{Names: []string{"recency_days"}, Columns: [][]float32{days}, Levels: [][]string{nil}},
		Y: returned,
	}

	settings := models.DefaultBoostSettings()
	settings.Trees, settings.LearningRate = 50, 0.2
	model, err := models.Boost(context.Background(), train, settings)
	if err != nil {
		fmt.Println(err)
		return
	}

	tonight := &models.Matrix{Names: train.X.Names, Columns: [][]float32{{10, 120}}, Levels: train.X.Levels}
	probability := make([]float64, tonight.Rows())
	model.Predict(tonight, probability)
	for i, p := range probability {
		fmt.Printf("%v days: %.2f\n", tonight.Columns[0][i], p)
	}

	why := [][]float64{{0}, {0}} // [row][column]
	base := model.Contributions(tonight, why, 1)
	fmt.Printf("recency adds %.1f and %.1f to log-odds of %.1f\n", why[0][0], why[1][0], base)
	// Output:
	// 10 days: 0.51
	// 120 days: 0.00
	// recency adds 5.4 and -1.8 to log-odds of -5.4
}
