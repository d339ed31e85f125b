package cdn

// QPSData is DescribeDomainQpsData: the requests of visitors, counted and per second.
var QPSData = monitoring("DescribeDomainQpsData", Count, layout{
	points: []string{"QpsDataInterval"}, list: "DataModule", value: "AccValue", rate: "Value",
})
