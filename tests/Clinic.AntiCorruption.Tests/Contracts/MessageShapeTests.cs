using System.Text.Json;
using Clinic.Contracts.Absences;
using Clinic.Contracts.Patients;
using Clinic.Contracts.PeriodicalDates;
using Strangler.Messaging;

namespace Clinic.AntiCorruption.Tests.Contracts;

/// <summary>The JSON of every message, whole. A change here is a change for every consumer: add, or make a new version.</summary>
public sealed class MessageShapeTests
{
    private static readonly PatientState Maria = new()
    {
        PatientId = 42,
        PersonKey = "5f1c",
        Name = "Maria da Conceição",
        BirthDate = new(1980, 2, 29),
        Sex = Sex.Female,
        Cpf = "52998224725",
        CpfStatus = CpfStatus.Valid,
        CompanyRef = new(7, "Padaria São José"),
        JobRole = new(3),
        Sectors = [new(null, "FORNO"), new(17, null)],
        Active = true,
    };

    private static readonly AbsenceState Backache = new()
    {
        AbsenceId = 9,
        PatientId = 42,
        CompanyId = 7,
        StartsOn = new(2015, 7, 25),
        EndsOn = new(2015, 7, 27),
        Days = 3,
        Cid = "M54.5",
        Chapter = "XIII",
        WorkAccident = true,
        CatNumber = "2015123456",
        Certificate = new("123456", "RJ", "UPA TIJUCA"),
    };

    private const string MariaJson =
        """{"patient_id":42,"person_key":"5f1c","name":"Maria da Conceição","birth_date":"1980-02-29","sex":"female","cpf":"52998224725","cpf_status":"valid","company_ref":{"company_id":7,"name":"Padaria São José"},"job_role":{"job_role_id":3},"sectors":[{"sector_id":null,"name":"FORNO"},{"sector_id":17,"name":null}],"active":true}""";

    private const string BackacheJson =
        """{"absence_id":9,"patient_id":42,"company_id":7,"starts_on":"2015-07-25","ends_on":"2015-07-27","days":3,"cid":"M54.5","chapter":"XIII","work_accident":true,"cat_number":"2015123456","certificate":{"crm":"123456","uf":"RJ","issuer":"UPA TIJUCA"}}""";

    public static TheoryData<string, object, string> All() => new()
    {
        { "clinic.patient.registered.v1", new PatientRegistered(Maria), MariaJson },
        { "clinic.patient.updated.v1", new PatientUpdated(Maria), MariaJson },
        { "clinic.patient.merged.v1", new PatientMerged(42, [7, 8]), """{"surviving_id":42,"merged_ids":[7,8]}""" },
        {
            "clinic.patient.removed.v1",
            new PatientRemoved(42, new(2015, 7, 25), RemovalReason.Flagged),
            """{"patient_id":42,"removed_at":"2015-07-25","reason":"flagged"}"""
        },
        {
            "clinic.periodical.exam-date-changed.v1",
            new ExamDateChangedV1(42, new(2015, 7, 25), -5),
            """{"patient_id":42,"last_exam_date":"2015-07-25","expiration_days":-5}"""
        },
        {
            "clinic.periodical.exam-date-changed.v2",
            new ExamDateChangedV2(42, new(2015, 7, 25), 30, new(2016, 6, 24), new(2016, 7, 24)),
            """{"patient_id":42,"last_exam_date":"2015-07-25","expiration_days":30,"as_of":"2016-06-24","due_on":"2016-07-24"}"""
        },
        { "clinic.periodical.exam-date-withdrawn.v1", new ExamDateWithdrawn(42), """{"patient_id":42}""" },
        { "clinic.absence.recorded.v1", new AbsenceRecorded(Backache), BackacheJson },
        { "clinic.absence.corrected.v1", new AbsenceCorrected(Backache), BackacheJson },
        { "clinic.absence.withdrawn.v1", new AbsenceWithdrawn(9), """{"absence_id":9}""" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Message_is_written_in_exactly_this_shape(string type, object message, string json)
    {
        Assert.Equal(type, message.GetType().GetField("Type")?.GetRawConstantValue());
        Assert.Equal(json, JsonSerializer.Serialize(message, message.GetType(), MessageJson.Options));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Message_survives_the_wire(string type, object message, string json)
    {
        Assert.NotNull(type);

        var read = JsonSerializer.Deserialize(json, message.GetType(), MessageJson.Options);

        Assert.Equivalent(message, read, strict: true);
        Assert.Equal(json, JsonSerializer.Serialize(read, message.GetType(), MessageJson.Options));
    }

    [Fact]
    public void Every_message_of_the_contract_has_a_shape_here()
    {
        var messages = typeof(PatientState).Assembly.GetExportedTypes().Where(type => type.GetField("Type") is not null);

        Assert.Equal(
            messages.Select(type => type.FullName).Order(),
            All().Select(row => row.Data.Item2.GetType().FullName).Order());
    }

    [Fact]
    public void What_is_unknown_is_written_as_null_not_left_out()
    {
        var unknown = new AbsenceRecorded(Backache with { CompanyId = null, Cid = null, Chapter = null, WorkAccident = null, CatNumber = null, Certificate = null });

        Assert.Equal(
            """{"absence_id":9,"patient_id":42,"company_id":null,"starts_on":"2015-07-25","ends_on":"2015-07-27","days":3,"cid":null,"chapter":null,"work_accident":null,"cat_number":null,"certificate":null}""",
            JsonSerializer.Serialize(unknown, MessageJson.Options));
    }
}
