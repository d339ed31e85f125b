//go:build race

package simulation

func init() { defaultSeeds = 20 }
