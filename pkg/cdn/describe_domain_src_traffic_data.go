package cdn

// SrcTrafficData is DescribeDomainSrcTrafficData, the successor of [SrcFlowData].
var SrcTrafficData = monitoring("DescribeDomainSrcTrafficData", Byte, originFlow)

// originFlow is the layout of both operations of origin flow: they swapped the names of their points at times.
var originFlow = layout{points: []string{"SrcTrafficDataPerInterval", "SrcFlowDataPerInterval"}, list: "DataModule", value: "Value"}
