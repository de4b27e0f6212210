using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace OtpPipeline.Pipeline.Tests.Architecture;

/// <summary>Which namespaces of one assembly use which others of it, as compiled: signatures, fields, attributes and code.</summary>
internal sealed class CompiledArrows
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => (int)(ushort)c.Value, c => c.OperandType);

    private readonly MetadataReader _reader;
    private readonly PEReader _file;
    private readonly UsedTypes _types;
    private readonly Dictionary<(string From, string To), string> _arrows = [];

    private CompiledArrows(PEReader file)
    {
        _file = file;
        _reader = file.GetMetadataReader();
        _types = new(_reader);
    }

    /// <summary>Each arrow with an example of two types.</summary>
    public static IReadOnlyDictionary<(string From, string To), string> Read(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var arrows = new CompiledArrows(file);
        foreach (var type in arrows._reader.TypeDefinitions)
        {
            arrows.Read(type);
        }

        return arrows._arrows;
    }

    private void Read(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        _types.Clear();
        _types.Add(type.BaseType);
        AddAttributes(type.GetCustomAttributes());
        foreach (var contract in type.GetInterfaceImplementations())
        {
            _types.Add(_reader.GetInterfaceImplementation(contract).Interface);
        }

        foreach (var parameter in type.GetGenericParameters())
        {
            foreach (var constraint in _reader.GetGenericParameter(parameter).GetConstraints())
            {
                _types.Add(_reader.GetGenericParameterConstraint(constraint).Type);
            }
        }

        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition))
        {
            field.DecodeSignature(_types, null);
            AddAttributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(_reader.GetPropertyDefinition))
        {
            AddAttributes(property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition))
        {
            method.DecodeSignature(_types, null);
            AddAttributes(method.GetCustomAttributes());
            if (method.RelativeVirtualAddress != 0)
            {
                ReadBody(_file.GetMethodBody(method.RelativeVirtualAddress));
            }
        }

        var (from, name) = Outermost(handle);
        foreach (var used in _types.Found)
        {
            var (to, usedName) = Outermost(used);
            if (!string.Equals(from, to, StringComparison.Ordinal) && IsOurs(from) && IsOurs(to))
            {
                _arrows.TryAdd((from, to), $"{name} uses {usedName}");
            }
        }
    }

    private static bool IsOurs(string space) => space.StartsWith("OtpPipeline.", StringComparison.Ordinal);

    private void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
        {
            AddMember(_reader.GetCustomAttribute(attribute).Constructor);
        }
    }

    private void ReadBody(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            _reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_types, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            _types.Add(region.CatchType);
        }

        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            int operation = code.ReadByte();
            operation = operation == 0xFE ? 0xFE00 | code.ReadByte() : operation;
            switch (Operands[operation])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    AddMember(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }
    }

    private void AddMember(EntityHandle member)
    {
        switch (member.Kind)
        {
            case HandleKind.MethodDefinition:
                _types.Add(_reader.GetMethodDefinition((MethodDefinitionHandle)member).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                _types.Add(_reader.GetFieldDefinition((FieldDefinitionHandle)member).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                var reference = _reader.GetMemberReference((MemberReferenceHandle)member);
                _types.Add(reference.Parent);
                _ = reference.GetKind() == MemberReferenceKind.Field
                    ? reference.DecodeFieldSignature(_types, null)
                    : reference.DecodeMethodSignature(_types, null).ReturnType;
                break;
            case HandleKind.MethodSpecification:
                var method = _reader.GetMethodSpecification((MethodSpecificationHandle)member);
                method.DecodeSignature(_types, null);
                AddMember(method.Method);
                break;
            default:
                _types.Add(member);
                break;
        }
    }

    /// <summary>A nested type, such as a state machine, counts as the type of the source that it is in.</summary>
    private (string Namespace, string Name) Outermost(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        while (type.IsNested)
        {
            type = _reader.GetTypeDefinition(type.GetDeclaringType());
        }

        return (_reader.GetString(type.Namespace), _reader.GetString(type.Name));
    }

    /// <summary>Collects the types of this assembly that signatures name.</summary>
    private sealed class UsedTypes(MetadataReader reader) : ISignatureTypeProvider<bool, object?>
    {
        public HashSet<TypeDefinitionHandle> Found { get; } = [];

        public void Clear() => Found.Clear();

        public void Add(EntityHandle type)
        {
            if (type.Kind == HandleKind.TypeDefinition && !type.IsNil)
            {
                Found.Add((TypeDefinitionHandle)type);
            }
            else if (type.Kind == HandleKind.TypeSpecification)
            {
                reader.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(this, null);
            }
        }

        public bool GetTypeFromDefinition(MetadataReader metadata, TypeDefinitionHandle handle, byte rawTypeKind) => Found.Add(handle);

        public bool GetTypeFromSpecification(
            MetadataReader metadata, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            metadata.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public bool GetTypeFromReference(MetadataReader metadata, TypeReferenceHandle handle, byte rawTypeKind) => false;

        public bool GetArrayType(bool elementType, ArrayShape shape) => false;

        public bool GetByReferenceType(bool elementType) => false;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => false;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => false;

        public bool GetGenericMethodParameter(object? genericContext, int index) => false;

        public bool GetGenericTypeParameter(object? genericContext, int index) => false;

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => false;

        public bool GetPinnedType(bool elementType) => false;

        public bool GetPointerType(bool elementType) => false;

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => false;

        public bool GetSZArrayType(bool elementType) => false;
    }
}
