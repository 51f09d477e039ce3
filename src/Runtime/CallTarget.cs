namespace Adjoint.Runtime;

/// <summary>What a typed call ends in: it checks lengths and overlaps and runs a <see cref="Plan"/>.</summary>
public abstract unsafe class CallTarget
{
    /// <summary>Runs the call. Frame and spans stay where they are until this returns; nothing may keep their
    /// addresses.</summary>
    public abstract void Invoke(Frame* frame);
}
