package main

// world is what a campaign meets, settings that nobody knows who runs one.
type world struct {
	name    string
	caused  float64 // chance of a caused purchase, as a share of the group's natural rate
	forward float64 // chance that a natural purchase comes sooner
}

// worlds of effects. The lift of a group is near caused × its natural rate.
var worlds = []world{
	{"no effect", 0, 0},
	{"a tenth more", .1, 0},
	{"a fifth more", .2, 0},
	{"three fifths more", .6, 0},
	{"brought forward alone", 0, .6},
	{"a fifth more, and brought forward", .2, .6},
}

// levels are how many times more customers return than was forecast.
var levels = []float64{.6, .8, 1, 1.3, 1.7}

// paces are the days from group to group.
var paces = []int{7, 0, 3}

// settings of one campaign.
type settings struct {
	world
	cell, level int // places in worlds and levels
	pace        int
	holdout     float64
}

// worldOf deals worlds, levels, paces and holdouts so that all meet each other.
func worldOf(campaign int) settings {
	cell := campaign % len(worlds)
	level := campaign / len(worlds) % len(levels)
	return settings{
		world: worlds[cell], cell: cell, level: level,
		pace:    paces[campaign/(len(worlds)*len(levels))%len(paces)],
		holdout: []float64{.1, .2}[campaign/(len(worlds)*len(levels)*len(paces))%2],
	}
}
