//go:build mage

package main

import "github.com/magefile/mage/sh"

// Replicas runs the tests of several replicas for as long as they want: a day in steps of a minute, and ten days in which
// processes and the Redis server die, hang and come back. verify runs less of them.
func Replicas() error {
	if err := redis.install(); err != nil {
		return err
	}
	return sh.RunWithV(map[string]string{"ALIYUNCDN_TEST_REPLICAS": "long"}, "go", "test", "-race", "-count=1", "-v", "-timeout=0",
		"-run=^(TestADayOfSeveralReplicas|TestNothingIsWrongWhateverDies|TestTheBudget|TestAReplicaThatDies|TestReplicasStartWarm)",
		"./pkg/plugin")
}
