namespace Strangler.Messaging.Tests;

public sealed class PartitionerTests
{
    [Theory] // From the test vectors of http://www.isthe.com/chongo/src/fnv/test_fnv.c
    [InlineData("", 0xcbf29ce484222325)]
    [InlineData("a", 0xaf63dc4c8601ec8c)]
    [InlineData("foobar", 0x85944171f73967e8)]
    public void The_hash_is_fnv_1a_of_64_bits(string text, ulong expected) => Assert.Equal(expected, Partitioner.Hash(text));

    [Theory] // Computed with another implementation (Python) and pinned: a change here moves keys between partitions and breaks their order in every running system.
    [InlineData("patient/42", 4, 1)]
    [InlineData("patient/43", 4, 2)]
    [InlineData("absence/7", 16, 10)]
    [InlineData("clínica/São", 256, 254)]
    [InlineData("anything", 1, 0)]
    public void Partitions_of_keys_never_change(string key, int partitions, int expected) =>
        Assert.Equal(expected, Partitioner.PartitionOf(key, partitions));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(256)]
    public void Neighbouring_numbers_spread_evenly(int partitions)
    {
        const int PerPartition = 400;
        var counts = Enumerable.Range(1, partitions * PerPartition)
            .CountBy(number => Partitioner.PartitionOf($"patient/{number}", partitions)).ToList();

        Assert.Equal(partitions, counts.Count);
        Assert.All(counts, partition => Assert.InRange(partition.Value, PerPartition * 0.7, PerPartition * 1.3));
    }

    [Fact]
    public void Long_keys_are_hashed_whole() =>
        Assert.NotEqual(Partitioner.Hash(new string('é', 500) + "1"), Partitioner.Hash(new string('é', 500) + "2"));

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void An_impossible_number_of_partitions_is_refused(int partitions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Partitioner.PartitionOf("patient/1", partitions));
}
