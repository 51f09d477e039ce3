namespace Adjoint.Runtime.Tests;

public class FrameFacts
{
    [Fact]
    public void Scalars_come_back_as_they_were_passed()
    {
        var frame = default(Frame);
        Frame.SetSingle(ref frame, 0, -0.5f);
        Frame.SetDouble(ref frame, 1, double.NegativeZero);
        Frame.SetInt32(ref frame, 2, int.MinValue);
        Frame.SetInt64(ref frame, 31, long.MinValue);
        Frame.SetBoolean(ref frame, 4, true);
        Assert.Equal(-0.5f, Frame.GetSingle(ref frame, 0));
        Assert.True(double.IsNegative(Frame.GetDouble(ref frame, 1)));
        Assert.Equal(int.MinValue, Frame.GetInt32(ref frame, 2));
        Assert.Equal(long.MinValue, Frame.GetInt64(ref frame, 31));
        Assert.True(Frame.GetBoolean(ref frame, 4));
        Assert.False(Frame.GetBoolean(ref frame, 5));
    }

    [Fact]
    public void A_bool_is_its_first_byte_alone()
    {
        var frame = default(Frame);
        Frame.SetInt64(ref frame, 0, 0x100);
        Assert.False(Frame.GetBoolean(ref frame, 0));
    }

    [Theory, InlineData(-1), InlineData(32)]
    public void Places_outside_are_refused(int index)
    {
        var frame = default(Frame);
        Assert.Throws<IndexOutOfRangeException>(() => Frame.SetInt64(ref frame, index, 1));
    }

    [Theory]
    [InlineData(0, 8, 8, 8, false), InlineData(0, 9, 8, 8, true), InlineData(8, 8, 0, 9, true)]
    [InlineData(0, 100, 10, 1, true), InlineData(0, 100, 10, 0, false), InlineData(0, 0, 0, 0, false)]
    public void Ranges_overlap_when_they_share_a_byte(long a, long aBytes, long b, long bBytes, bool expected) =>
        Assert.Equal(expected, Frame.Overlaps(a, aBytes, b, bBytes));
}
